"""The codes that a whole import asks about, and the rows that an operator leaves out."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.support.model import Circumstances, Verdict
from tests.unit.model.scenes import TODAY, Scene, told

_BANK = ("routing_number", "bank_account_number", "bank_account_type")


def test_excluded_lines_are_not_looked_at() -> None:
    scene = Scene()
    scene.account("1")
    rows = [["1", "a@example.com", ""], ["'1", "broken", "Another Town"]]
    options = {"attestation": "They agreed.", "exclude_lines": [3]}
    verdict = scene.run("paperless", ("email", "biller_name"), rows, options=options)
    assert told(verdict) == [("applied", set()), ("skipped", {"S404"})]


@pytest.mark.parametrize(
    ("flag", "expected"),
    [
        ("Y", ("skipped", {"S401"})),
        ("N", ("applied", set())),
        ("ebill", ("applied", set())),
        ("paper", ("skipped", {"S401"})),
        ("both", ("skipped", {"C222"})),
        ("", ("skipped", {"C241"})),
        ("fax", ("skipped", {"C242"})),
    ],
)
def test_a_column_that_says_paper_is_read_the_other_way_round(flag: str, expected: tuple[str, set[str]]) -> None:
    scene = Scene()
    scene.account("1")
    options = {"attestation": "They agreed.", "paperless_flag_reversed": True}
    verdict = scene.run("paperless", ("paperless_flag", "email"), [["1", flag, "a@example.com"]], options=options)
    assert told(verdict) == [expected]


def test_lost_zeros_are_asked_about() -> None:
    scene = Scene()
    scene.account("1")
    rows = [["1", "21000021", "4455667", "C"]]
    assert scene.run("autopay", _BANK, rows).undecided == {"C211"}
    assert told(scene.run("autopay", _BANK, rows, decide={"C211": "continue"})) == [("applied", {"W311"})]
    assert scene.run("autopay", _BANK, rows, decide={"C211": "stop"}).refused == {"C211"}


def _places(state: str, code: str) -> Verdict:
    scene = Scene()
    scene.account("2")
    header = ("email", "customer_name", "state", "zip")
    rows = [["1", "a@example.com", "ANA", state, code], ["2", "b@example.com", "", "", ""]]
    return scene.run("paperless", header, rows, decide={"C202": "create"})


@pytest.mark.parametrize(
    ("place", "kept", "codes"),
    [
        (("ma", "02110-1234"), ("MA", "02110-1234"), set()),
        (("MA", "2110"), ("MA", "02110"), {"W301"}),
        (("Mass.", "021101234"), ("MA", "021101234"), set()),
        (("M1", "211"), (None, None), {"W312"}),
        (("", ""), (None, None), set()),
    ],
)
def test_places(place: tuple[str, str], kept: tuple[str | None, str | None], codes: set[str]) -> None:
    verdict = _places(*place)
    assert told(verdict)[0] == ("applied", {"W323", *codes})
    assert verdict.after is not None
    customer = verdict.after.customers[1, "1"]
    assert (customer.state, customer.zip) == kept


def _shifted(count: int, agreeing: int) -> Verdict:
    scene = Scene()
    rows = [[scene.account(str(number))[1], f"a{number}@example.com", "BOB LEE"] for number in range(count)]
    rows += [[scene.account(f"b{number}")[1], f"b{number}@example.com", "ORTIZ ANA"] for number in range(agreeing)]
    return scene.run("paperless", ("email", "customer_name"), rows)


@pytest.mark.parametrize(
    ("count", "agreeing", "asked"),
    [(2, 0, set()), (3, 2, {"C206"}), (9, 9, set()), (10, 89, {"C206"}), (10, 90, set())],
)
def test_many_names_that_do_not_agree(count: int, agreeing: int, asked: set[str]) -> None:
    verdict = _shifted(count, agreeing)
    assert verdict.undecided == asked
    assert verdict.findings["W310"] == count


@pytest.mark.parametrize(("count", "good", "asked"), [(9, 0, set()), (10, 89, {"C205"}), (10, 90, set())])
def test_many_rows_that_are_blocked(count: int, good: int, asked: set[str]) -> None:
    scene = Scene()
    rows = [[scene.account(str(number))[1], "broken"] for number in range(count)]
    rows += [[scene.account(f"b{number}")[1], f"b{number}@example.com"] for number in range(good)]
    assert scene.run("paperless", ("email",), rows).undecided == asked


def _after(scene: Scene, rows: Sequence[Sequence[str]]) -> Circumstances:
    """Run a paperless import; what is known when the next one comes."""
    verdict = scene.run("paperless", ("email",), rows)
    assert verdict.after is not None
    scene.state = verdict.after
    return replace(Circumstances(TODAY), earlier=(verdict.keys,), touched=verdict.touched)


def test_nearly_the_same_rows_again() -> None:
    scene = Scene()
    rows = [[scene.account(str(number))[1], f"a{number}@example.com"] for number in range(20)]
    known = _after(scene, rows)
    rows[0][1] = "other@example.com"
    again = scene.run("paperless", ("email",), rows, circumstances=known)
    assert again.undecided == {"C203", "C204"}
    rows[1][1] = "another@example.com"
    assert scene.run("paperless", ("email",), rows, circumstances=known).undecided == {"C204"}


def test_another_import_touched_the_login() -> None:
    scene = Scene()
    scene.account("1")
    known = replace(_after(scene, [["1", "ana@example.com"]]), earlier=())
    claim = scene.run("registration", ("email",), [["1", "ana@example.com"]], circumstances=known)
    assert claim.undecided == {"C204"}
    assert claim.findings["C204"] == 1
