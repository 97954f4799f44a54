from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.mapping import domain
from services.mapping.domain import Check, Finding, TakenDecision
from shared.contracts.definition import ImportDefinition, NamedDecision
from shared.contracts.definition_rules import needs_second_person
from shared.contracts.kinds import ImportKind
from shared.contracts.plan import Impact
from shared.contracts.rights import Right, allows
from tests.unit.mapping.test_definition_rules import PAPERLESS

CREATE, SKIP = NamedDecision(choice="create"), NamedDecision(choice="skip")


def go_on(count: int | None) -> NamedDecision:
    return NamedDecision(choice="continue", typed_count=count)


def check(*undecided: str, missing: int = 30, **counts: int) -> Check:
    findings = tuple(Finding(code, count, {}) for code, count in counts.items())
    return Check(1, "held", 100, undecided, findings, Impact(customers_missing=missing))


def taken(choice: str, *, seen: int | None = None, typed: int | None = None, by: str | None = None) -> TakenDecision:
    return TakenDecision(choice, seen, typed, "ivy", by)


def places(
    found: Check, answers: dict[str, NamedDecision], before: dict[str, TakenDecision] | None = None
) -> list[str]:
    return [problem.place for problem in domain.answer_problems(found, answers, before or {})]


def test_a_request_always_makes_the_same_import() -> None:
    request = uuid4()
    assert domain.import_id_of(request) == domain.import_id_of(request)
    assert domain.import_id_of(request) != domain.import_id_of(uuid4())


def test_the_hash_of_a_request_covers_person_and_definition_but_not_the_order_of_names() -> None:
    first = ImportDefinition.model_validate(PAPERLESS | {"columns": {"email": "E", "phone": "P"}})
    same = ImportDefinition.model_validate(PAPERLESS | {"columns": {"phone": "P", "email": "E"}})
    other = ImportDefinition.model_validate(PAPERLESS | {"columns": {"email": "E", "phone": "Q"}})
    assert domain.request_hash("ivy", first) == domain.request_hash("ivy", same)
    assert domain.request_hash("ivy", first) != domain.request_hash("ivy", other)
    assert domain.request_hash("ivy", first) != domain.request_hash("sam", first)


@pytest.mark.parametrize(
    ("given_name", "clean"),
    [
        ("customers.csv", "customers.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ivy\\list.csv", "list.csv"),
        ("a\r\nBcc: x@example.com\0.csv", "aBcc: x@example.com.csv"),
        ("\u202etxt.csv", "txt.csv"),
        ("Müller & Söhne.csv", "Müller & Söhne.csv"),
        ("..", "unnamed"),
        ("", "unnamed"),
        (" . ", "unnamed"),
    ],
)
def test_file_names_are_cleaned(given_name: str, clean: str) -> None:
    assert domain.clean_file_name(given_name) == clean


@given(st.text(max_size=600))
def test_no_file_name_is_a_path_or_unprintable(name: str) -> None:
    clean = domain.clean_file_name(name)
    assert 0 < len(clean) <= 200
    assert clean.isprintable()
    assert "/" not in clean
    assert "\\" not in clean


def test_long_names_keep_their_ending() -> None:
    assert domain.clean_file_name("x" * 300 + ".csv").endswith("x.csv")


def test_rights_deny_what_is_not_permitted() -> None:
    for kind in ImportKind:
        assert allows(Right("all"), kind)
        assert allows(Right("paperless"), kind) == (kind is ImportKind.PAPERLESS)
        assert not allows(None, kind)


@pytest.mark.parametrize(
    ("permission", "files", "offered"),
    [
        ("all", {}, []),
        ("all", {"unknown": 1}, ["autopay", "paperless", "registration"]),
        ("all", {"autopay": 2}, ["autopay"]),
        ("paperless", {"unknown": 1}, ["paperless"]),
        ("paperless", {"autopay": 1}, []),
    ],
)
def test_what_is_offered_follows_the_right_and_the_files(
    permission: Any, files: dict[str, int], offered: list[str]
) -> None:
    kinds = domain.kinds_offered(Right(permission), files)
    assert [kind.kind for kind in kinds if not kind.why_not] == offered
    assert len(kinds) == 3
    denied = {kind.kind for kind in kinds if [problem.code for problem in kind.why_not] == ["F011"]}
    assert denied == (set() if permission == "all" else {ImportKind.AUTOPAY, ImportKind.REGISTRATION})


def test_paperless_people_see_no_other_files() -> None:
    assert domain.visible_hints(Right("paperless")) == ("paperless", "unknown")
    assert set(domain.visible_hints(Right("all"))) == {"autopay", "paperless", "registration", "unknown"}


def test_every_undecided_code_needs_an_answer() -> None:
    found = check("C202", "C203", C202=30, C203=1)
    assert places(found, {}) == ["decisions.C202", "decisions.C203"]
    assert places(found, {"C202": SKIP, "C203": go_on(None)}) == []


def test_answers_must_be_possible_and_about_what_was_found() -> None:
    found = check("C202", C202=30, W331=2)
    assert places(found, {"C202": NamedDecision(choice="erase")}) == ["decisions.C202"]
    assert places(found, {"C202": SKIP, "C223": SKIP}) == ["decisions.C223"]
    assert places(found, {"C202": SKIP, "C999": SKIP}) == ["decisions.C999"]


@pytest.mark.parametrize(
    ("choice", "typed", "fine"),
    [
        (CREATE, 30, True),
        (CREATE, 29, False),
        (CREATE, None, False),
        (SKIP, 0, True),
        (SKIP, None, True),
        (SKIP, 30, False),
    ],
)
def test_the_typed_number_is_that_of_the_customers(choice: NamedDecision, typed: int | None, *, fine: bool) -> None:
    answers = {"C201": go_on(typed), "C202": choice}
    assert places(check("C201", "C202", C201=30, C202=30), answers) == ([] if fine else ["decisions.C201.typed_count"])


def test_a_changed_choice_cannot_slip_past_the_number_typed_before() -> None:
    before = {"C201": taken("continue", seen=30, typed=0), "C202": taken("skip", seen=30)}
    found = check("C203", C201=30, C202=30, C203=1)
    answers = {"C203": go_on(None), "C202": CREATE}
    assert places(found, answers, before) == ["decisions.C201.typed_count"]


@pytest.mark.parametrize(
    ("made", "customers", "needed"),
    [
        (0, 0, False),
        (1, 0, True),
        (5_000, 25_000, False),
        (5_001, 1_000_000, True),
        (20, 100, False),
        (21, 100, True),
    ],
)
def test_the_thresholds_of_the_second_person(made: int, customers: int, *, needed: bool) -> None:
    assert needs_second_person(made, customers) is needed


@pytest.mark.parametrize(
    ("code", "used", "answer", "moves"),
    [
        ("C202", {}, "create", True),
        ("C202", {}, "skip", False),  # as without an answer
        ("C202", {"C202": "create"}, "create", False),
        ("C202", {"C202": "create"}, "skip", True),
        ("C223", {"C223": "update_login"}, "delivery_email", True),
        ("C215", {}, "keep", False),
        ("C215", {}, "replace", True),
        ("C203", {}, "continue", False),  # said of the file
        ("C207", {}, "continue", False),
        ("C241", {}, "attest", True),
    ],
)
def test_which_answers_make_rows_end_otherwise(code: str, used: dict[str, str], answer: str, *, moves: bool) -> None:
    assert domain.moves_rows(check(code, **{code: 3}), used, {code: answer}) is moves
    assert not domain.moves_rows(check("C245", C245=3), used, {code: answer})  # it does not occur


def test_only_the_second_person_is_missing() -> None:
    typed = {"C201": taken("continue", typed=30), "C202": taken("create")}
    few = check("C201", "C207", C201=30, C202=30, C207=30)
    assert domain.is_otherwise_decided(check("C207", C207=30), {})
    assert domain.is_otherwise_decided(few, typed)
    assert not domain.is_otherwise_decided(few, {**typed, "C201": taken("continue", typed=29)})
    assert not domain.is_otherwise_decided(few, {**typed, "C201": taken("continue", seen=29, typed=30)})
    assert not domain.is_otherwise_decided(few, {})
    assert not domain.is_otherwise_decided(check("C203", "C207", C203=1, C207=30), typed)
    assert not domain.is_otherwise_decided(check(), {})


def test_only_answers_to_the_same_counts_stand() -> None:
    before = {"C201": taken("continue", seen=30, typed=30), "C202": taken("create", seen=29), "C203": taken("continue")}
    assert set(domain.standing_answers(check(C201=30, C202=30, C203=1), before)) == {"C201"}


def test_stop_is_seen() -> None:
    assert domain.is_stop({"C202": SKIP, "C203": NamedDecision(choice="stop")})
    assert not domain.is_stop({"C202": SKIP})
