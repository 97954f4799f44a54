"""Answers and what they cover: rules answer-4 to answer-6, import-2 and import-3."""

import pytest

from services.validation.domain.decisions import Decision, Situation, choice_of, is_stopped, undecided


def decision(choice: str, *, seen: int | None = None, typed: int | None = None, seconded: bool = False) -> Decision:
    return Decision(choice, seen, typed, "ida", seconded=seconded)


@pytest.mark.parametrize(
    ("answer", "occurs", "left"),
    [
        (None, 3, ("C202",)),
        (decision("skip"), 3, ()),
        (decision("skip", seen=3), 3, ()),
        (decision("skip", seen=2), 3, ("C202",)),
        (decision("perhaps"), 3, ("C202",)),
    ],
)
def test_an_answer_covers_what_was_seen(answer: Decision | None, occurs: int, left: tuple[str, ...]) -> None:
    situation = Situation({"C202": occurs, "W333": 1}, 0, 100)
    assert undecided({"C202": answer} if answer else {}, situation) == left


@pytest.mark.parametrize(
    ("typed", "seconded", "made", "customers", "left"),
    [
        (10, False, 10, 100, ()),
        (9, False, 10, 100, ("C201",)),
        (None, False, 10, 100, ("C201",)),
        (None, False, 0, 100, ()),
        (21, False, 21, 100, ("C201",)),
        (21, True, 21, 100, ()),
        (20, False, 20, 100, ()),
        (5_001, False, 5_001, 1_000_000, ("C201",)),
        (5_001, True, 5_001, 1_000_000, ()),
        (5_000, False, 5_000, 1_000_000, ()),
    ],
)
def test_many_new_customers(
    typed: int | None, seconded: bool, made: int, customers: int, left: tuple[str, ...]
) -> None:
    answers = {"C201": decision("continue", typed=typed, seconded=seconded)}
    assert undecided(answers, Situation({"C201": 1}, made, customers)) == left


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        (None, ()),
        (decision("skip", seen=1), ()),
        (decision("replace_owner", seen=3), ()),
        (decision("replace_owner", seen=2), ("C232",)),
        (decision("replace_owner"), ()),
    ],
)
def test_only_an_answer_other_than_the_default_covers_no_more_than_was_seen(
    answer: Decision | None, left: tuple[str, ...]
) -> None:
    assert undecided({"C232": answer} if answer else {}, Situation({"C232": 3}, 0, 100)) == left


def test_stop_counts_only_for_what_occurs() -> None:
    answers = {"C203": decision("stop")}
    assert is_stopped(answers, Situation({"C203": 1}, 0, 0))
    assert not is_stopped(answers, Situation({}, 0, 0))


def test_an_unknown_choice_is_none() -> None:
    assert choice_of({"C223": decision("nonsense")}, "C223", "skip") == "skip"
    assert choice_of({"C223": decision("update_login")}, "C223", "skip") == "update_login"
