"""Every choice of every code that a row can carry, in the smallest scene that shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from tests.support.model import Circumstances, Decision, Verdict
from tests.support.model.state import Autopay, Biller, Link, Method, Paperless
from tests.unit.model.scenes import TODAY, Scene, told

_BANK = ("routing_number", "bank_account_number", "bank_account_type")
_CARD = ("card_token", "card_expiry")
_NEW = ("021000021", "4455667", "C")


@dataclass(frozen=True)
class Asked:
    """One row whose code is answered in several ways; what the row ends as, answer by answer."""

    code: str
    kind: str
    header: Sequence[str]
    row: Sequence[str]
    expected: Mapping[str, tuple[str, set[str]]]
    options: Mapping[str, Any] = field(default_factory=dict)


_OF_VALUES = (
    Asked(
        "C241",
        "autopay",
        ("autopay_flag", *_BANK),
        ("", *_NEW),
        {"": ("skipped", set()), "skip": ("skipped", set()), "attest": ("applied", set())},
    ),
    Asked("C241", "paperless", ("paperless_flag", "email"), ("", "a@b.com"), {"attest": ("applied", set())}),
    Asked(
        "C212",
        "autopay",
        _BANK,
        ("02100002", *_NEW[1:]),
        {"": ("skipped", set()), "skip": ("skipped", set()), "append_check_digit": ("applied", set())},
    ),
    Asked(
        "C213",
        "autopay",
        ("fixed_amount", "pay_day", *_BANK),
        ("50.00", "15", *_NEW),
        {"": ("skipped", set()), "skip": ("skipped", set()), "full_balance": ("applied", set())},
    ),
    Asked(
        "C214",
        "autopay",
        ("end_date", *_BANK),
        ("2026-11-22", *_NEW),
        {"": ("skipped", set()), "skip": ("skipped", set()), "keep_end": ("applied", set())},
    ),
    Asked(
        "C216",
        "autopay",
        _CARD,
        ("tok_0001", "10/26"),
        {"": ("skipped", set()), "skip": ("skipped", set()), "enroll": ("applied", set())},
    ),
    Asked(
        "C221",
        "paperless",
        ("email",),
        ("a@b.com c@b.com d@b.com",),
        {"": ("skipped", set()), "skip": ("skipped", set()), "use_first": ("applied", {"W342"})},
    ),
    Asked("C222", "paperless", ("paperless_flag", "email"), ("both", "a@b.com"), {"skip": ("skipped", set())}),
)


@pytest.mark.parametrize("asked", _OF_VALUES, ids=lambda asked: f"{asked.code}-{asked.kind}")
def test_answers_to_the_values_of_a_row(asked: Asked) -> None:
    for choice, (outcome, codes) in asked.expected.items():
        scene = Scene()
        scene.account("1")
        decide: dict[str, str | dict[str, Any]] = {asked.code: choice} if choice else {}
        verdict = scene.run(asked.kind, asked.header, [["1", *asked.row]], decide=decide)
        assert told(verdict) == [(outcome, {asked.code, *codes})], choice
        waits = not choice and asked.code not in {"C216", "C221"}
        assert verdict.undecided == ({asked.code} if waits else set())


@pytest.mark.parametrize(
    ("choice", "routing", "expected"),
    [
        ("", "021000021", ("skipped", {"C218"})),
        ("continue", "021000021", ("applied", {"C218"})),
        ("replace", "021000021", ("applied", {"C218"})),
        ("replace", "122105155", ("skipped", {"C218"})),
        ("skip", "122105155", ("skipped", {"C218"})),
        ("", "011000015", ("applied", set())),
    ],
)
def test_routing_numbers_are_looked_up(choice: str, routing: str, expected: tuple[str, set[str]]) -> None:
    scene = Scene()
    scene.account("1")
    directory = {"021000021": "011000015", "011000015": None}
    verdict = scene.run(
        "autopay",
        _BANK,
        [["1", routing, *_NEW[1:]]],
        decide={"C218": choice} if choice else {},
        circumstances=Circumstances(TODAY, directory=directory),
    )
    assert told(verdict) == [expected]
    if choice == "replace" and routing == "021000021":
        assert verdict.after is not None
        assert [method.routing_number for method in verdict.after.methods.values()] == ["011000015"]


def test_a_row_goes_on_only_where_every_answer_lets_it() -> None:
    scene = Scene()
    scene.account("1")
    header, row = ("end_date", "pay_day", *_BANK), ["1", "2038-01-31", "15", *_NEW]
    for full_balance, outcome in (("skip", "skipped"), ("full_balance", "applied")):
        verdict = scene.run("autopay", header, [row], decide={"C214": "keep_end", "C213": full_balance})
        assert told(verdict) == [(outcome, {"C213", "C214"})]


def test_codes_of_answers_stay_unlisted_beside_a_failure() -> None:
    scene = Scene()
    verdict = scene.run("autopay", ("end_date", *_BANK), [["1", "2038-01-31", "1", "1", "C"]])
    assert told(verdict) == [("failed", {"R121", "R123"})]


def test_enrolment_of_the_customer_is_kept_or_replaced() -> None:
    scene = Scene()
    scene.login("L", "ana@example.com")
    customer = scene.account("1", "L")
    method = Method("L", 1, "card", token="tok_0001")
    scene.state.methods[method.key] = method
    scene.state.set_autopay(Autopay(customer, "WATER", method.key))
    assert told(scene.run("autopay", _BANK, [["1", *_NEW]], decide={"C215": "keep"})) == [("skipped", {"C215"})]
    replaced = scene.run("autopay", _BANK, [["1", *_NEW]], decide={"C215": "replace"})
    assert told(replaced) == [("applied", {"C215"})]
    assert replaced.after is not None
    assert replaced.after.autopay[customer, "WATER"].method[2] == ("ach", *_NEW[:2])
    scene.state.set_autopay(Autopay(customer, "SEWER", method.key, "cancelled"))
    assert told(scene.run("autopay", _BANK, [["1", *_NEW]], decide={"C215": "replace"})) == [("skipped", {"C215"})]


@pytest.mark.parametrize(("start", "effective"), [("2020-01-01", date(2026, 12, 1)), ("1/5/2038", date(2038, 1, 5))])
def test_enrolment_starts_on_the_later_day(start: str, effective: date) -> None:
    scene = Scene()
    customer = scene.account("1")
    verdict = scene.run("autopay", ("start_date", *_BANK), [["1", start, *_NEW]])
    assert verdict.after is not None
    assert verdict.after.autopay[customer, "WATER"].effective_from == effective


def test_cancelled_paperless_is_kept_or_starts_anew() -> None:
    scene = Scene()
    scene.login("L", "ana@example.com")
    customer = scene.account("1", "L")
    scene.state.set_paperless(Paperless(customer, "WATER", "cancelled"))
    row = [["1", "ana@example.com"]]
    assert told(scene.run("paperless", ("email",), row, decide={"C225": "keep"})) == [("skipped", {"C225"})]
    verdict = scene.run("paperless", ("email",), row, decide={"C225": "enroll_again"})
    assert told(verdict) == [("applied", {"C225"})]
    assert verdict.after is not None
    assert verdict.after.paperless[customer, "WATER"] == Paperless(customer, "WATER", "pending", origin="import")


@pytest.mark.parametrize(
    ("choice", "expected"),
    [("", ("skipped", {"C224"})), ("skip", ("skipped", {"C224"})), ("continue", ("applied", {"C224", "W345"}))],
)
def test_one_email_on_more_than_ten_accounts(choice: str, expected: tuple[str, set[str]]) -> None:
    scene = Scene()
    rows = [[scene.account(str(number))[1], "office@example.com"] for number in range(11)]
    decide: dict[str, str | dict[str, Any]] = {"C224": choice} if choice else {}
    assert told(scene.run("paperless", ("email",), rows, decide=decide)) == [expected] * 11
    assert told(scene.run("paperless", ("email",), rows[1:])) == [("applied", {"W345"})] * 10


@pytest.mark.parametrize(
    ("choice", "expected", "email"),
    [
        ("hold", ("held", {"C231"}), "ana@example.com"),
        ("use_file", ("applied", {"C231"}), "family@example.com"),
        ("keep_login", ("applied", {"C231"}), "ana@example.com"),
    ],
)
def test_paperless_beside_a_registration(choice: str, expected: tuple[str, set[str]], email: str) -> None:
    scene = Scene()
    scene.login("L", "ana@example.com", "invited", import_kind="registration")
    customer = scene.account("1", "L")
    verdict = scene.run("paperless", ("email",), [["1", "family@example.com"]], decide={"C231": choice})
    assert told(verdict) == [expected]
    assert verdict.after is not None
    assert verdict.after.logins["L"].email == email
    if choice != "hold":
        assert verdict.after.paperless[customer, "WATER"].delivery_email is None


@pytest.mark.parametrize("status", ["shell", "invited"])
@pytest.mark.parametrize("choice", ["hold", "use_file", "keep_login"])
def test_registration_beside_an_email_that_is_there(status: Any, choice: str) -> None:
    scene = Scene()
    scene.login("L", "ana@example.com", status)
    scene.account("1", "L")
    row = [["1", "family@example.com", "Ana", "Ortiz", "555-0100"]]
    verdict = scene.run("registration", ("email", "first_name", "last_name", "phone"), row, decide={"C231": choice})
    assert verdict.after is not None
    login = verdict.after.logins["L"]
    if choice == "hold":
        assert told(verdict) == [("held", {"C231"})]
    elif choice == "use_file":
        assert told(verdict) == [("applied", {"C231"})]
        assert (login.status, login.email, login.login_name) == ("invited", *["family@example.com"] * 2)
        assert (login.first_name, login.phone) == ("Ana", "555-0100")
    elif status == "shell":
        assert told(verdict) == [("applied", {"C231"})]
        assert (login.status, login.email, login.login_name) == ("invited", *["ana@example.com"] * 2)
    else:
        assert told(verdict) == [("no_change", {"C231", "W333"})]
        assert login == scene.state.logins["L"]


@pytest.mark.parametrize(
    ("choice", "may_replace", "outcome", "roles"),
    [
        ("skip", True, "skipped", {"L": "owner"}),
        ("oversight", False, "applied", {"L": "owner", "new:1": "oversight"}),
        ("replace_owner", False, "skipped", {"L": "owner"}),
        ("replace_owner", True, "applied", {"L": "oversight", "new:1": "owner"}),
    ],
)
def test_an_active_owner_with_another_email(
    choice: str, may_replace: bool, outcome: str, roles: dict[str, str]
) -> None:
    scene = Scene()
    scene.login("L", "old@example.com")
    scene.account("1", "L")
    circumstances = Circumstances(TODAY, may_replace_owner=may_replace)
    rows = [["1", "new@example.com"]]
    verdict = scene.run("registration", ("email",), rows, decide={"C232": choice}, circumstances=circumstances)
    assert told(verdict) == [(outcome, {"C232"})]
    assert _roles(verdict) == roles


def _roles(verdict: Verdict) -> dict[str, str]:
    assert verdict.after is not None
    return {link.login: link.role for link in verdict.after.links.values()}


@pytest.mark.parametrize(
    ("role", "present", "expected", "then"),
    [
        ("guest", "oversight", ("no_change", {"W333"}), "oversight"),
        ("oversight", "oversight", ("no_change", {"W333"}), "oversight"),
        ("Oversight", "guest", ("applied", set()), "oversight"),
        ("guest", None, ("applied", set()), "guest"),
        ("landlord", None, ("skipped", {"C242"}), None),
    ],
)
def test_further_users_of_an_account(role: str, present: Any, expected: tuple[str, set[str]], then: str | None) -> None:
    scene = Scene(mcl=True)
    scene.login("owner", "old@example.com")
    scene.login("L", "ana@example.com", first_name="Ana", last_name="Ortiz")
    customer = scene.account("1", "owner")
    if present:
        scene.state.set_link(Link(customer, "L", present))
    rows = [["1", "ana@example.com", "Ana", "Ortiz", role]]
    verdict = scene.run("registration", ("email", "first_name", "last_name", "role"), rows)
    assert told(verdict) == [expected]
    assert _roles(verdict) == {"owner": "owner"} | ({"L": then} if then else {})


@pytest.mark.parametrize(("choice", "outcome"), [("skip", "skipped"), ("link", "applied")])
def test_a_login_with_other_names(choice: str, outcome: str) -> None:
    scene = Scene()
    scene.login("L", "ana@example.com")
    scene.account("1")
    verdict = scene.run("registration", ("email",), [["1", "ana@example.com"]], decide={"C233": choice})
    assert told(verdict) == [(outcome, {"C233"})]
    assert _roles(verdict) == ({"L": "owner"} if choice == "link" else {})


@pytest.mark.parametrize(("choice", "outcome"), [("hold", "held"), ("new_login", "applied")])
def test_several_logins_with_the_email(choice: str, outcome: str) -> None:
    scene = Scene()
    scene.login("A", "ana@example.com")
    scene.login("B", "ana@example.com")
    scene.account("1")
    verdict = scene.run("registration", ("email",), [["1", "ana@example.com"]], decide={"C234": choice})
    assert told(verdict) == [(outcome, {"C234"})]
    assert _roles(verdict) == ({"new:1": "owner"} if choice == "new_login" else {})


@pytest.mark.parametrize(("choice", "outcome"), [("skip", "skipped"), ("register", "applied")])
def test_registration_for_a_closed_account(choice: str, outcome: str) -> None:
    scene = Scene()
    scene.account("1", status="closed")
    verdict = scene.run("registration", ("email",), [["1", "ana@example.com"]], decide={"C235": choice})
    assert told(verdict) == [(outcome, {"C235"})]


def test_directory_of_another_number_asks_again_once_more_rows_are_found() -> None:
    scene = Scene()
    for number in "12":
        scene.account(number)
    rows = [["1", "", *_NEW], ["2", "Y", *_NEW]]
    header = ("autopay_flag", *_BANK)
    seen = {"C218": Decision("continue", count_seen=1), "C241": Decision("attest", count_seen=1)}
    circumstances = Circumstances(TODAY, directory={"011000015": None}, confirmed=True, decisions=seen)
    verdict = scene.run("autopay", header, rows, circumstances=circumstances)
    assert verdict.state == "held"
    assert verdict.undecided == {"C218"}


def test_mail_domains_are_looked_at_on_live_rows() -> None:
    scene = Scene()
    scene.state.billers[1] = Biller(1, "Riverbend Water", 1, mail_domain="Riverbend.example.com")
    for number in "123":
        scene.account(number)
    rows = [["1", "ana@mail.riverbend.example.com", "Y"], ["2", "bob@gmial.com", "Y"], ["3", "bob@gmial.com", "N"]]
    verdict = scene.run("paperless", ("email", "paperless_flag"), rows)
    assert told(verdict) == [("applied", {"W341"}), ("applied", {"W343"}), ("skipped", {"S401"})]
