"""Rows of one account that say different things are held, whatever it is that would be written."""

import pytest

from tests.integration.validation.world import GOOD, Import, World
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
        ({"max_amount": "50"}, {}, True),
        ({"start_date": "2027-12-01"}, {}, True),
        ({"bank_account_type": "Business checking"}, {}, True),
        ({"email": "a@example.com"}, {}, True),
        ({"email_cc": "a@example.com"}, {}, True),
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
    for rows in (one, other), (other, one):
        done = await world.check(await _account(world), "autopay", _lines(columns, *rows, usual), columns=columns)
        assert (done.says(2) == done.says(3) == ("held", {"R131"})) is held


@pytest.mark.parametrize(
    ("names", "held"),
    [
        (("John Smith Jr", "John Smith Sr."), True),
        (("John Smith", "John Smith Jr"), False),
        (("Jos\u00e9 Pe\u00f1a", "JOSE PENA"), False),
        (("Ana Lee", "Ann Lee"), True),
    ],
)
async def test_people_of_one_account(world: World, names: tuple[str, str], *, held: bool) -> None:
    rows = [f"A1,a@example.com,{name}" for name in names]
    columns = {"email": "Mail", "customer_name": "Name"}
    done = await world.check(await _account(world), "registration", ["Account,Mail,Name", *rows], columns=columns)
    assert (done.says(2)[0] == done.says(3)[0] == "held" and "R133" in done.says(2)[1]) is held


@pytest.mark.parametrize("answer", ["keep_end", "skip"])
@pytest.mark.parametrize("ends", [("12/31/2027", ""), ("", "12/31/2027")])
async def test_an_end_beside_none(world: World, ends: tuple[str, str], answer: str) -> None:
    """Whatever is answered and whichever row comes first, nobody is enrolled without an end."""
    done = await _with_terms(world, "end_date", ends, {"C214": {"choice": answer}})
    says = [done.says(2), done.says(3)]
    expected = (
        [("held", {"R131"}), ("held", {"C214", "R131"})]
        if answer == "keep_end"
        else [("held", {"R134"}), ("skipped", {"C214"})]
    )
    assert says == (expected if ends[1] else expected[::-1])


@pytest.mark.parametrize(
    ("name", "cell", "code"),
    [
        ("end_date", "1/1/2020", "S403"),
        ("end_date", "2028-13-01", "R145"),
        ("fixed_amount", "25.00", "C213"),
        ("autopay_flag", "", "C241"),
        ("autopay_flag", "Maybe", "C242"),
    ],
)
async def test_a_row_that_is_left_out_takes_its_twin_along(world: World, name: str, cell: str, code: str) -> None:
    usual = {"autopay_flag": "Y"}.get(name, "")
    done = await _with_terms(world, name, (cell, usual), {})
    assert code in done.says(2)[1]
    assert done.says(3) == ("held", {"R134"})


async def _with_terms(world: World, name: str, cells: tuple[str, str], decide: dict[str, dict[str, str]]) -> Import:
    columns = _BANK | {name: "V"}
    usual = {"routing_number": "021000021", "bank_account_number": "4455667", "bank_account_type": "C"}
    lines = _lines(columns, {name: cells[0]}, {name: cells[1]}, usual)
    return await world.check(await _account(world), "autopay", lines, columns=columns, decide=GOOD | decide)


@pytest.mark.parametrize(
    ("types", "held"), [(("C", "S"), True), (("C", "Business checking"), True), (("C", "C"), False)]
)
async def test_one_method_of_a_login_is_described_in_one_way(
    world: World, types: tuple[str, str], *, held: bool
) -> None:
    biller = await world.biller()
    login = await world.crm.login(biller.realm_id, "old@example.com")
    for number in "A1", "A2":
        await world.crm.customer(biller, number, owner=login)
    rows = [f"{number},021000021,4455667,{kind}" for number, kind in zip(("A1", "A2"), types, strict=True)]
    done = await world.check(biller, "autopay", ["Account,R,B,T", *rows], columns=_BANK)
    assert (done.says(2) == done.says(3) == ("held", {"R131"})) is held


async def test_one_login_of_two_copies(world: World) -> None:
    biller = await world.biller()
    login = await world.crm.login(biller.realm_id, "old@example.com")
    for number in "A1", "A2":
        await world.crm.customer(biller, number, owner=login)
    rows = ["A1,a@example.com,", "A2,a@example.com,b@example.com"]
    columns = {"email": "Mail", "email_cc": "C"}
    done = await world.check(biller, "paperless", ["Account,Mail,C", *rows], columns=columns)
    assert done.says(2) == done.says(3) == ("held", {"R151"})


async def test_cards_of_two_expiries(world: World) -> None:
    lines = _lines(_CARD, {"card_expiry": "05/29"}, {"card_expiry": "05/31"}, {"card_token": "tok_0001"})
    done = await world.check(await _account(world), "autopay", lines, columns=_CARD)
    assert done.says(2) == done.says(3) == ("held", {"R131"})


@pytest.mark.parametrize(
    ("one", "other", "held"),
    [
        ({"card_brand": "Visa"}, {"card_brand": "Discover"}, True),
        ({"card_brand": "Visa"}, {"card_brand": "VISA"}, False),
        ({"card_last4": "1111"}, {"card_last4": "2222"}, True),
        ({"card_last4": "0042"}, {"card_last4": "42"}, False),
        ({"card_last4": "1111"}, {}, True),
        ({"authorization_date": "2024-05-06"}, {"authorization_date": "2019-05-06"}, True),
        ({"authorization_date": "2024-05-06"}, {"authorization_date": "5/6/2024"}, False),
        ({"authorization_channel": "web"}, {"authorization_channel": "phone"}, True),
        ({"authorization_reference": "M-17"}, {}, True),
        ({"prior_last_debit_date": "2026-01-05"}, {"prior_last_debit_date": "2026-02-05"}, True),
    ],
)
async def test_cards_and_evidence(world: World, one: dict[str, str], other: dict[str, str], *, held: bool) -> None:
    columns = _CARD | {name: name.upper() for name in (*one, *other)}
    lines = _lines(columns, one, other, {"card_token": "tok_0001", "card_expiry": "05/31"})
    done = await world.check(await _account(world), "autopay", lines, columns=columns)
    assert (done.says(2) == done.says(3) == ("held", {"R131"})) is held


async def test_two_cards_of_one_token(world: World) -> None:
    biller = await world.biller()
    login = await world.crm.login(biller.realm_id, "old@example.com")
    for number in "A1", "A2":
        await world.crm.customer(biller, number, owner=login)
    lines = ["Account,K,X,L", "A1,tok_0001,05/31,1111", "A2,tok_0001,05/31,2222"]
    done = await world.check(biller, "autopay", lines, columns=_CARD | {"card_last4": "L"})
    assert done.says(2) == done.says(3) == ("held", {"R131"})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"customer_name": "Ana Ortiz"}, {"customer_name": "Lee Wu"}),
        ({"address1": "1 Elm St"}, {"address1": "2 Oak St"}),
        ({"address1": "1 Elm St"}, {}),
        ({"city": "Salem"}, {"city": "Keene"}),
        ({"state": "OR"}, {"state": "NH"}),
        ({"zip": "97301"}, {"zip": "03431"}),
        ({"phone": "555-123-4567"}, {"phone": "555-123-9999"}),
    ],
)
@pytest.mark.parametrize("choice", ["create", "skip"])
async def test_two_customers_of_one_account(
    world: World, one: dict[str, str], other: dict[str, str], choice: str
) -> None:
    """Nobody is created as the first row says; where nobody is, it does not matter."""
    columns = {"email": "Mail"} | {name: name.upper() for name in ("customer_name", *one)}
    lines = _lines(columns, one, other, {"email": "a@example.com", "customer_name": "Ana Ortiz"})
    decide = GOOD | {"C202": {"choice": choice}, "C201": {"choice": "continue", "typed_count": 0}}
    biller = await world.biller()
    done = await world.check(biller, "paperless", lines, columns=columns, decide=decide)
    held = ("held", {"R132"})
    assert (done.says(2) == held, done.says(3) == held) == (choice == "create",) * 2
    await world.crm.customer(biller, "A1")
    await world.finish(done.id, cancelled=True)
    found = await world.check(biller, "paperless", lines, columns=columns, decide=decide)
    assert found.says(2)[0] == "apply"
    assert found.says(3)[0] == "no_change"


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
        ({"login_name": "ana"}, {}, True),
        ({"role": "owner"}, {}, False),
        ({"customer_name": "Ana Ortiz"}, {}, True),
        ({"role": "owner"}, {"role": "guest"}, True),
        ({"phone": "555-123-4567"}, {"phone": "555-123-9999"}, True),
        ({"phone": "555-123-4567"}, {"phone": "(555) 123.4567"}, False),
        ({"phone": "555-123-4567"}, {}, True),
        ({"customer_name": "Ana Ortiz"}, {"customer_name": "ORTIZ, ANA"}, False),
        ({"customer_name": "Ana Ortiz"}, {"customer_name": "Lee Ortiz"}, True),
    ],
)
async def test_registration(world: World, one: dict[str, str], other: dict[str, str], *, held: bool) -> None:
    columns = {"email": "Mail", "login_name": "U", "role": "O", "customer_name": "N", "phone": "P"}
    text = "\n".join(["Account\tMail\tU\tO\tN\tP", *_tabbed(columns, one, other)])
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


@pytest.mark.parametrize(
    ("name", "cell", "code"),
    [
        ("bank_account_number", "XXXXXX5555", "R128"),
        ("bank_account_number", "CLOSED", "R128"),
        ("bank_account_number", "7.7E+09", "R123"),
        ("routing_number", "021000022", "R122"),
        ("bank_account_type", "Loan", "R124"),
    ],
)
async def test_a_method_that_nobody_can_read_beside_one_that_can_be(
    world: World, name: str, cell: str, code: str
) -> None:
    usual = {"routing_number": "021000021", "bank_account_number": "4455667", "bank_account_type": "C"}
    lines = _lines(_BANK, {name: usual[name]}, {name: cell}, usual)
    done = await world.check(await _account(world), "autopay", lines, columns=_BANK)
    assert done.says(2) == ("held", {"R134"})
    assert (done.says(3)[0], code in done.says(3)[1]) == ("failed", True)


@pytest.mark.parametrize(
    ("cell", "verdict"), [("annnew@example.net - bounced", "held"), ("declined", "held"), ("", "apply")]
)
async def test_an_email_that_nobody_can_read_beside_one_that_can_be(world: World, cell: str, verdict: str) -> None:
    """A blank one says nothing."""
    lines = _lines({"email": "Mail"}, {"email": "ann1@example.net"}, {"email": cell}, {})
    done = await world.check(await _account(world), "paperless", lines, columns={"email": "Mail"})
    assert (done.says(2)[0], done.says(3)[0]) == (verdict, "failed")
