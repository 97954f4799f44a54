"""Decisions are named by options, where no definition file is read any more."""

from functools import partial
from typing import cast

import pytest
from rich.console import Console

from cli.bodies import Check
from cli.canaries import asking_beside
from cli.decisions import EXAMPLES, ask_decisions, decided_beside, given_decisions, named_decisions
from cli.errors import CommandError, HeldError
from cli.retrying import confirm_round
from shared.contracts.codes import CODES


def _check(*undecided: str) -> Check:
    findings = [
        {"code": code, "title": "Title", "remedy": "", "count": 1, "choices": ["skip", "attest"]}
        for code in ("C241", "C242", "C207")
    ]
    return cast("Check", {"import_id": "abc", "findings": findings, "undecided": list(undecided)})


def test_decisions_are_named_by_options() -> None:
    assert named_decisions(["C241=skip", "C201=continue:12"]) == {
        "C241": {"choice": "skip"},
        "C201": {"choice": "continue", "typed_count": 12},
    }


@pytest.mark.parametrize("text", ["C241", "skip", "C241:skip", "C202=continue:x"])
def test_what_is_no_decision_is_refused(text: str) -> None:
    with pytest.raises(CommandError) as refused:
        named_decisions([text])
    assert "C241=skip" in refused.value.remedy
    code, choice = EXAMPLES.removeprefix("C241=skip, or ").partition(":")[0].split("=")
    assert choice in CODES[code].choices


def test_it_starts_unasked_where_that_is_said_and_nothing_is_open() -> None:
    assert given_decisions(None, agreed=False) is None
    for options, agreed in ((None, True), (["C241=skip"], False)):
        ask = asking_beside(given_decisions(options, agreed=agreed))
        assert ask(Console(), _check("C207")) == named_decisions(options or ())
        with pytest.raises(HeldError):
            ask(Console(), _check("C242"))


def test_values_can_be_given_a_meaning() -> None:
    with pytest.raises(HeldError) as held:
        ask_decisions(Console(), _check("C242"))
    assert "`customer-import correct abc --meaning " in held.value.remedy


def test_where_nobody_is_asked_the_option_is_named() -> None:
    with pytest.raises(HeldError) as held:
        ask_decisions(Console(), _check("C241", "C207"))
    assert "`customer-import watch abc --decide C241=skip`" in held.value.remedy
    assert "definition" not in held.value.remedy


def _few_found(*undecided: str, **answers: str) -> Check:
    choices = {"C201": ["continue", "stop"], "C202": ["skip", "create"]}
    findings = [
        {"code": code, "title": "Title", "remedy": "", "count": 45, "choices": choices[code]} for code in choices
    ]
    about = {"import_id": "abc", "answers": answers, "impact": {"customers_missing": 43}}
    return cast("Check", {"findings": findings, "undecided": list(undecided), **about})


@pytest.mark.parametrize(
    ("check", "told"),
    [
        (_few_found("C201", C202="create"), "`customer-import watch abc --decide C201=continue:43`"),
        (_few_found("C201", C202="skip"), "`customer-import watch abc --decide C201=continue:0`"),
        (_few_found("C201", "C202"), "--decide C201=continue:0 --decide C202=skip`"),
        (_few_found("C201", "C202"), "C202=create and C201=continue:43"),
    ],
)
def test_the_number_of_customers_to_type_is_told(check: Check, told: str) -> None:
    with pytest.raises(HeldError) as held:
        ask_decisions(Console(), check)
    assert told in held.value.remedy


@pytest.mark.parametrize("named", [["C201=continue"], ["C201=continue:45"]])
@pytest.mark.parametrize(
    ("check", "beside"), [(_few_found("C201", C202="create"), []), (_few_found("C201", "C202"), ["C202=create"])]
)
def test_a_wrong_number_is_refused_with_the_right_one(check: Check, named: list[str], beside: list[str]) -> None:
    with pytest.raises(CommandError) as refused:
        decided_beside(named_decisions([*named, *beside]), Console(), check)
    assert "C201=continue:43" in refused.value.remedy
    right = named_decisions(["C201=continue:43", *beside])
    assert decided_beside(right, Console(), check) == right


def test_a_round_starts_with_the_decisions_that_were_named() -> None:
    named = named_decisions(["C241=attest", "C247=skip"])
    confirm = partial(confirm_round, Console(), named=named)
    assert confirm(_check("C241", "C207"), agreed=False) == {"C241": {"choice": "attest"}}
    with pytest.raises(HeldError):
        confirm(_check("C241", "C242"), agreed=True)
    with pytest.raises(HeldError) as held:
        confirm(_check("C207"), agreed=False)
    assert "`customer-import watch abc --decide C241=attest --decide C247=skip --yes`" in held.value.remedy
    assert confirm(_check("C207"), agreed=True) == {"C241": {"choice": "attest"}}
