"""Rows of one account that say different things are held, whatever it is that would be written."""

import pytest

from tests.integration.validation.world import World
from tests.support.crm import Biller

_BANK = {"routing_number": "R", "bank_account_number": "B", "bank_account_type": "T"}
_CARD = {"card_token": "K", "card_expiry": "X"}
_TERMS = {
    "start_date": "S",
    "end_date": "E",
    "max_amount": "M",
    "account_holder_name": "H",
    "email": "Mail",
    "email_cc": "C",
}


async def _account(world: World) -> Biller:
    biller = await world.biller()
    login = await world.crm.login(biller.realm_id, "old@example.com")
    await world.crm.customer(biller, "A1", owner=login)
    return biller


def _lines(columns: dict[str, str], one: dict[str, str], other: dict[str, str], usual: dict[str, str]) -> list[str]:
    rows = [usual | one, usual | other]
    header = ["Account", *columns.values()]
    return [",".join(header), *(",".join(["A1", *(row.get(name, "") for name in columns)]) for row in rows)]


@pytest.mark.parametrize(
    ("one", "other", "held"),
    [
        ({"bank_account_type": "C"}, {"bank_account_type": "S"}, True),
        ({"bank_account_type": "22"}, {"bank_account_type": "Checking"}, False),
        ({"max_amount": "50"}, {"max_amount": "500"}, True),
        ({"max_amount": "50"}, {"max_amount": "50.00"}, False),
        ({"max_amount": "50"}, {}, False),
        ({"start_date": "2026-05-01"}, {"start_date": "6/1/2026"}, True),
        ({"start_date": "2026-05-01"}, {"start_date": "5/1/2026"}, False),
        ({"account_holder_name": "Ana Ortiz"}, {"account_holder_name": "ANA ORTIZ"}, False),
        ({"account_holder_name": "Ana Ortiz"}, {"account_holder_name": "Lee Wu"}, True),
        ({"email": "a@example.com"}, {"email": "b@example.com"}, True),
        ({"email_cc": "a@example.com"}, {"email_cc": "b@example.com"}, True),
    ],
)
async def test_autopay(world: World, one: dict[str, str], other: dict[str, str], *, held: bool) -> None:
    usual = {"routing_number": "021000021", "bank_account_number": "4455667", "bank_account_type": "C"}
    columns = _BANK | _TERMS
    done = await world.check(await _account(world), "autopay", _lines(columns, one, other, usual), columns=columns)
    assert (done.says(2) == done.says(3) == ("held", {"R131"})) is held


async def test_cards_of_two_expiries(world: World) -> None:
    lines = _lines(_CARD, {"card_expiry": "05/29"}, {"card_expiry": "05/31"}, {"card_token": "tok_0001"})
    done = await world.check(await _account(world), "autopay", lines, columns=_CARD)
    assert done.says(2) == done.says(3) == ("held", {"R131"})


async def test_two_copies_of_paperless(world: World) -> None:
    columns = {"email": "Mail", "email_cc": "C"}
    lines = _lines(columns, {"email_cc": "b@example.com"}, {"email_cc": "c@example.com"}, {"email": "a@example.com"})
    done = await world.check(await _account(world), "paperless", lines, columns=columns)
    assert done.says(2) == done.says(3) == ("held", {"R132"})


@pytest.mark.parametrize(
    ("one", "other", "held"),
    [
        ({"login_name": "ana"}, {"login_name": "lee"}, True),
        ({"login_name": "ana"}, {"login_name": "ANA"}, False),
        ({"login_name": "ana"}, {}, False),
        ({"role": "owner"}, {"role": "guest"}, True),
        ({"customer_name": "Ana Ortiz"}, {"customer_name": "ORTIZ, ANA"}, False),
        ({"customer_name": "Ana Ortiz"}, {"customer_name": "Lee Ortiz"}, True),
    ],
)
async def test_registration(world: World, one: dict[str, str], other: dict[str, str], *, held: bool) -> None:
    columns = {"email": "Mail", "login_name": "U", "role": "O", "customer_name": "N"}
    text = "\n".join(["Account\tMail\tU\tO\tN", *_tabbed(columns, one, other)])
    biller = await world.biller()
    await world.crm.customer(biller, "A1")
    done = await world.run(await world.define(biller, "registration", text + "\n", columns=columns))
    assert (done.says(2) == done.says(3) == ("held", {"R133"})) is held


def _tabbed(columns: dict[str, str], *rows: dict[str, str]) -> list[str]:
    usual = {"email": "ana@example.com"}
    return ["\t".join(["A1", *((usual | row).get(name, "") for name in columns)]) for row in rows]


@pytest.mark.parametrize(
    ("kind", "yes", "no"), [("paperless", "E", "Paper"), ("paperless", "Y", "US Mail"), ("paperless", "Y", "N")]
)
async def test_a_yes_beside_a_no(world: World, kind: str, yes: str, no: str) -> None:
    columns = {"email": "Mail", "paperless_flag": "F"}
    lines = _lines(columns, {"paperless_flag": yes}, {"paperless_flag": no}, {"email": "a@example.com"})
    done = await world.check(await _account(world), kind, lines, columns=columns)
    assert (done.says(2), done.says(3)) == (("held", {"R134"}), ("skipped", {"S401"}))


async def test_a_revoked_authorization_beside_one_that_stands(world: World) -> None:
    columns = _BANK | {"autopay_flag": "F"}
    usual = {"routing_number": "021000021", "bank_account_number": "4455667", "bank_account_type": "C"}
    lines = _lines(columns, {"autopay_flag": "Revoked"}, {"autopay_flag": "Y"}, usual)
    done = await world.check(await _account(world), "autopay", lines, columns=columns)
    assert (done.says(2), done.says(3)) == (("skipped", {"S402"}), ("held", {"R134"}))
