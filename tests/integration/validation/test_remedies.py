"""Each remedy helps, where it takes a CRM, a definition or several rows.

The others are in tests/unit/validation/test_remedies.py.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from shared.contracts.codes import CODES, Level
from tests.integration.validation.world import Import, World, answers
from tests.support.crm import Biller

Lines = list[str]
Setup = Callable[[World, Biller], Awaitable[Any]]
_BANK = {"routing_number": "R", "bank_account_number": "B", "bank_account_type": "T"}
_MAIL = "Account,Email"
_HEAD = "Account,R,B,T"
_A1 = "A1,021000021,44556671,C"
_CARD = {"card_token": "K", "card_expiry": "X"}


@dataclass(frozen=True)
class Remedy:
    """What has the code, and what is otherwise once its remedy is followed: the lines, the definition or the CRM."""

    code: str
    wrong: Lines
    right: Lines
    kind: str = "paperless"
    given: dict[str, Any] = field(default_factory=dict)
    then: dict[str, Any] = field(default_factory=dict)
    mend: str = ""
    links: bool = True


def _columns(*names: str) -> dict[str, Any]:
    return {"columns": {"email": "Email"} | dict(pair.split("=") for pair in names)}


_CREATE = {"decide": answers(C202="create", C201="stop") | {"C201": {"choice": "continue", "typed_count": 1}}}
_AUTO = {"columns": _BANK}
REMEDIES = (
    Remedy("F005", ["Account,Email,Email", "A1,a@x.org,"], ["Account,Email,Other", "A1,a@x.org,"]),
    Remedy("F007", [_MAIL, "A1,a@x.org"], [_MAIL, "A1,a@x.org"], given=_columns("email=Mail"), then=_columns()),
    Remedy(
        "F010",
        ["Account,Email,Town", "A1,a@x.org,Gotham"],
        ["Account,Email,Town", "A1,a@x.org,"],
        given=_columns("biller_name=Town"),
    ),
    Remedy(
        "F011",
        [_MAIL, "A1,a@x.org"],
        [_MAIL, "A1,a@x.org"],
        mend="INSERT INTO crm.operator_right (subject, biller_id, permission) VALUES ('ida', $1, 'all')",
    ),
    Remedy(
        "F012",
        [_MAIL, "A1,a@x.org"],
        [_MAIL, "A1,a@x.org"],
        given={"invoice_types": []},
        then={"invoice_types": ["WATER"]},
    ),
    Remedy(
        "F013",
        [_MAIL, "A1,a@x.org"],
        [_MAIL, "A1,a@x.org"],
        given={"invoice_types": ["WATER", "LATE"]},
        then={"invoice_types": ["WATER"]},
    ),
    Remedy(
        "F014",
        [_MAIL, "A1,a@x.org"],
        [_MAIL, "A1,a@x.org"],
        given={"account_number": [{"column": "No"}]},
        then={"account_number": [{"column": "Account"}]},
    ),
    Remedy(
        "F016",
        [_HEAD, _A1],
        [_HEAD, _A1],
        "autopay",
        _AUTO | {"options": {"attestation": "Yes.", "effective_date": "2020-01-01"}},
        {"options": {"attestation": "Yes.", "effective_date": "2026-04-01"}},
    ),
    Remedy(
        "F019",
        [_MAIL, "A1,a@x.org"],
        [_MAIL, "A1,a@x.org"],
        given={"options": {}},
        then={"options": {"attestation": "They agreed."}},
    ),
    Remedy(
        "F021",
        ["Account,Email,Bank Account", "A1,a@x.org,A1"],
        ["Account,Email,Bank Account", "A1,a@x.org,A1"],
        given={"account_number": [{"column": "Bank Account"}]},
        then={"account_number": [{"column": "Account"}]},
    ),
    Remedy(
        "F022",
        ["Account,Email,How", "A1,a@x.org,Fax"],
        ["Account,Email,How", "A1,a@x.org,Fax"],
        given=_columns("paperless_flag=How") | {"values": {"paperless_flag": {"fax": "by_fax"}}},
        then={"values": {"paperless_flag": {"fax": "paperless"}}},
    ),
    Remedy(
        "R105",
        ["Account,Email", "A1,a@x.org", "a1,a@x.org"],
        ["Account,Email", "A1,a@x.org", "a1,a@x.org"],
        given={"account_number": [{"column": "Account", "transforms": [{"do": "upper"}]}]},
        then={"account_number": [{"column": "Account"}]},
    ),
    Remedy(
        "R108",
        ["Account,Email,Name", "1111111,a@x.org,Ann"],
        ["Account,Email,Name", "10-2,a@x.org,Ann"],
        given=_columns("customer_name=Name") | _CREATE,
    ),
    Remedy("R111", [_MAIL, "CLOSED,a@x.org"], [_MAIL, "A1,a@x.org"]),
    Remedy(
        "R112",
        [_HEAD, "BLOCKED,021000021,44556671,C"],
        [_HEAD, "BLOCKED,021000021,44556671,C"],
        "autopay",
        _AUTO,
        mend="UPDATE crm.customer SET block_eft = false WHERE biller_id = $1",
    ),
    Remedy(
        "R127",
        ["Account,Email,Name", "10-2,a@x.org,"],
        ["Account,Email,Name", "10-2,a@x.org,Ann"],
        given=_columns("customer_name=Name") | _CREATE,
    ),
    Remedy("R131", [_HEAD, _A1, "A1,021000021,99887766,C"], [_HEAD, _A1], "autopay", _AUTO),
    Remedy("R132", [_MAIL, "A1,a@x.org", "A1,b@x.org"], [_MAIL, "A1,a@x.org"]),
    Remedy("R133", [_MAIL, "A2,a@x.org", "A2,b@x.org"], [_MAIL, "A2,a@x.org"], "registration"),
    Remedy(
        "R134",
        ["Account,Email,How", "A1,a@x.org,Y", "A1,a@x.org,Paper"],
        ["Account,Email,How", "A1,a@x.org,Y"],
        given=_columns("paperless_flag=How"),
    ),
    Remedy("R151", [_MAIL, "B1,a@x.org", "B2,b@x.org"], [_MAIL, "B1,a@x.org", "B2,a@x.org"]),
    Remedy(
        "R152", [_MAIL, "A2,a@x.org", "A3,a@x.org"], [_MAIL, "A2,a@x.org", "A3,b@x.org"], "registration", links=False
    ),
    Remedy(
        "R153",
        ["Account,Email,User", "A2,a@x.org,taken"],
        ["Account,Email,User", "A2,a@x.org,fresh"],
        "registration",
        _columns("login_name=User"),
    ),
    Remedy(
        "C217",
        [_HEAD, "LOCKED,021000021,44556671,C"],
        [_HEAD, "LOCKED,021000021,44556671,C"],
        "autopay",
        _AUTO,
        mend="UPDATE crm.login l SET status = 'active' FROM crm.biller b WHERE b.id = $1 AND realm_id = login_realm_id",
    ),
    Remedy(
        "C245",
        [_HEAD, *(f"D{n},021000021,44556671,C" for n in range(11))],
        [_HEAD, *(f"D{n},021000021,445566{n:02},C" for n in range(11))],
        "autopay",
        _AUTO,
    ),
    Remedy(
        "W304",
        ["Account,Email,Note", "A1,a@x.org,x"],
        ["Account,Email,Note", "A1,a@x.org,x"],
        then=_columns("legacy_id=Note"),
    ),
    Remedy(
        "W310",
        ["Account,Email,Name", "A1,a@x.org,Lee Wu"],
        ["Account,Email,Name", "A1,a@x.org,Ortiz Ana"],
        given=_columns("customer_name=Name"),
    ),
)


async def _biller(world: World, remedy: Remedy) -> Biller:
    """With accounts that have an owner, share one, have none, are closed or blocked, or whose owner is locked."""
    biller = await world.biller(links=remedy.links)
    one, shared = [await world.crm.login(biller.realm_id, email) for email in ("old@x.org", "both@x.org")]
    locked = await world.crm.login(biller.realm_id, "locked@x.org", status="locked", login_name="taken")
    await world.crm.customer(biller, "A1", name="ANA ORTIZ", owner=one)
    for number in ("B1", "B2"):
        await world.crm.customer(biller, number, owner=shared)
    for number in ("A2", "A3", "a1", *(f"D{n}" for n in range(11))):
        await world.crm.customer(biller, number)
    await world.crm.customer(biller, "CLOSED", status="closed")
    await world.crm.customer(biller, "BLOCKED", block_eft=True)
    await world.crm.customer(biller, "LOCKED", owner=locked)
    await world.crm.invoice_type(biller.id, "LATE", paperless=False)
    if remedy.code == "F011":
        await world.admin.execute("DELETE FROM crm.operator_right WHERE biller_id = $1", biller.id)
    return biller


@pytest.mark.parametrize("remedy", REMEDIES, ids=[remedy.code for remedy in REMEDIES])
async def test_what_the_remedy_says_helps(world: World, remedy: Remedy) -> None:
    biller = await _biller(world, remedy)
    wrong = await _check(world, biller, remedy, remedy.wrong, remedy.given)
    assert remedy.code in _codes(wrong)
    if remedy.mend:
        await world.admin.execute(remedy.mend, biller.id)
    right = await _check(world, biller, remedy, remedy.right, remedy.given | remedy.then)
    assert remedy.code not in _codes(right)
    assert {row["verdict"] for row in right.rows.values()} == {"apply"}
    assert CODES[remedy.code].level is Level.WARNING or {row["verdict"] for row in wrong.rows.values()} != {"apply"}


async def _check(world: World, biller: Biller, remedy: Remedy, lines: Lines, changes: dict[str, Any]) -> Import:
    done = await world.check(biller, remedy.kind, lines, **changes)
    if done.result and done.result.state == "approved":
        await world.finish(done.id, cancelled=True)
    return done


def _codes(done: Import) -> set[str]:
    assert done.result is not None
    return set(done.result.codes)
