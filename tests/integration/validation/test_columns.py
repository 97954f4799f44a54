"""What columns say is found by a check, and answered."""

import json
from typing import Any
from uuid import UUID

import pytest

from tests.integration.validation.world import World, answers
from tests.support.crm import Biller

_BANK = {"routing_number": "Routing", "bank_account_number": "Bank", "bank_account_type": "Type"}


async def _biller(world: World, accounts: int) -> Biller:
    biller = await world.biller()
    for number in range(1, accounts + 1):
        login = await world.crm.login(biller.realm_id, f"owner{number}@example.com")
        await world.crm.customer(biller, f"A{number}", owner=login)
    return biller


async def _detail(world: World, import_id: UUID, code: str) -> dict[str, Any]:
    statement = "SELECT detail FROM validation.finding WHERE import_id = $1 AND code = $2"
    detail: dict[str, Any] = json.loads(await world.admin.fetchval(statement, import_id, code))
    return detail


async def test_words_that_nobody_knows_hold_the_import_until_they_are_explained(world: World) -> None:
    biller = await _biller(world, 3)
    lines = ["Account,Mail,How", "A1,a@example.com,Portal", "A2,b@example.com,Courier", "A3,c@example.com,Email"]
    columns = {"email": "Mail", "paperless_flag": "How"}
    held = await world.check(biller, "paperless", lines, columns=columns, decide=answers())
    assert held.result is not None
    assert (held.result.state, held.result.undecided) == ("held", ("C242",))
    assert await _detail(world, held.id, "C242") == {"words": {"paperless_flag": {"Portal": 1, "Courier": 1}}}
    assert [held.says(line) for line in (2, 3)] == [("skipped", {"C242"})] * 2

    explained = {"paperless_flag": {"portal": "paperless", "courier": "paper"}}
    done = await world.check(
        biller, "paperless", lines, columns=columns, values=explained, decide=answers(C203="continue")
    )
    assert done.approved.codes.keys() >= {"S401"}
    assert (done.says(2)[0], done.says(3)) == ("apply", ("skipped", {"S401"}))


async def test_dates_are_read_again_in_the_order_that_is_said(world: World) -> None:
    biller = await _biller(world, 4)
    dates = ("25/12/2026", "05/02/2027", "31/01/2027", "2027-03-04")
    lines = [
        "Account,Routing,Bank,Type,Start",
        *(f"A{number},021000021,445566{number},C,{day}" for number, day in enumerate(dates, start=1)),
    ]
    given = {"columns": _BANK | {"start_date": "Start"}}
    held = await world.check(biller, "autopay", lines, **given, decide=answers())
    assert held.result is not None
    assert held.result.undecided == ("C244",)
    assert [held.says(line)[0] for line in (2, 3, 4, 5)] == ["skipped"] * 3 + ["apply"]
    assert (await world.findings(held.id))["C244"] == 3
    done = await world.check(biller, "autopay", lines, **given, decide=answers(C244="day_first"))
    assert done.approved.codes["C244"] == 3
    assert [str(done.rows[line]["starts_on"]) for line in (2, 3, 4)] == ["2026-12-25", "2027-02-05", "2027-01-31"]


async def test_last_digits_are_no_account_numbers(world: World) -> None:
    biller = await _biller(world, 3)
    lines = ["Account,Routing,Bank,Type", *(f"A{number},021000021,512{number},C" for number in (1, 2, 3))]
    held = await world.check(biller, "autopay", lines, columns=_BANK, decide=answers())
    assert held.result is not None
    assert held.result.undecided == ("C219",)
    assert [held.says(line) for line in (2, 3, 4)] == [("skipped", {"C219"})] * 3
    done = await world.check(biller, "autopay", lines, columns=_BANK, decide=answers(C219="continue"))
    assert {done.says(line)[0] for line in (2, 3, 4)} == {"apply"}


async def test_a_column_that_nobody_mapped_holds_the_import(world: World) -> None:
    biller = await _biller(world, 2)
    lines = ["Account,Mail,State,Area", "A1,a@example.com,Active,North", "A2,b@example.com,Revoked,North"]
    held = await world.check(biller, "paperless", lines, columns={"email": "Mail"}, decide=answers())
    assert held.result is not None
    assert held.result.undecided == ("C243",)
    assert await _detail(world, held.id, "C243") == {"columns": [{"name": "State", "words": {"Revoked": 1}}]}
    unused = (await _detail(world, held.id, "W304"))["columns"]
    assert [(column["name"], column["values"]) for column in unused] == [
        ("State", ["Active", "Revoked"]),
        ("Area", ["North"]),
    ]
    assert [held.says(line) for line in (2, 3)] == [("apply", set()), ("skipped", {"C243"})]
    assert await _sample_lines(world, held.id, "C243") == [3]
    for choice, verdict in ("continue", "apply"), ("skip", "skipped"):
        done = await world.check(biller, "paperless", lines, columns={"email": "Mail"}, decide=answers(C243=choice))
        assert done.approved.undecided == ()
        assert done.says(3) == (verdict, {"C243"})
        await world.finish(done.id, cancelled=True)
    stopped = await world.check(biller, "paperless", lines, columns={"email": "Mail"}, decide=answers(C243="stop"))
    assert stopped.result is not None
    assert stopped.result.state == "rejected"


async def test_a_column_that_is_only_kept_holds_the_import(world: World) -> None:
    """word-19: paper customers are not enrolled because their column is called a channel."""
    biller = await _biller(world, 2)
    lines = ["Account,Mail,Channel", "A1,a@example.com,Email", "A2,b@example.com,Paper"]
    columns = {"email": "Mail", "consent_channel": "Channel"}
    held = await world.check(biller, "paperless", lines, columns=columns, decide=answers())
    assert held.result is not None
    assert held.result.undecided == ("C243",)
    assert await _detail(world, held.id, "C243") == {"columns": [{"name": "Channel", "words": {"Paper": 1}}]}
    assert [held.says(line) for line in (2, 3)] == [("apply", set()), ("skipped", {"C243"})]


async def test_placeholders_are_told_with_their_values(world: World) -> None:
    """method-9, number-6, person-6: what the previous vendor is to be asked for, and what nobody needs."""
    biller = await _biller(world, 5)
    numbers = ("1111111111", "1111111111", "CLOSED4412", "XXXXXX6789", "44556677")
    lines = ["Account,Routing,Bank,Type,Signed"]
    lines += [f"A{place},021000021,{number},C,spring" for place, number in enumerate(numbers, start=1)]
    given = {"columns": _BANK | {"authorization_date": "Signed"}}
    done = await world.check(biller, "autopay", lines, **given, decide=answers(C205="continue"))
    assert (await world.findings(done.id))["R128"] == 4
    values = {"1111111111": 2, "CLOSED4412": 1, "XXXXXX6789": 1}
    assert await _detail(world, done.id, "R128") == {"values": values}
    assert await _detail(world, done.id, "W315") == {"values": {"spring": 5}}


async def test_of_placeholder_emails_only_what_names_nobody_is_shown(world: World) -> None:
    """email-7."""
    biller = await _biller(world, 3)
    lines = ["Account,Mail", "A1,noemail@example.com", "A2,ann.lee@none.com", "A3,noemail@example.com"]
    done = await world.check(biller, "paperless", lines, columns={"email": "Mail"}, decide=answers(C205="continue"))
    assert await _detail(world, done.id, "R143") == {"values": {"noemail@example.com": 2, "\u2026@none.com": 1}}


@pytest.mark.parametrize("kind", ["paperless", "registration"])
@pytest.mark.parametrize(
    ("email", "rows", "is_asked"),
    [
        ("office@example.com", 11, True),
        ("office@example.com", 10, False),
        ("desk@riverbend.example.com", 3, True),
        ("desk@mail.Riverbend.example.com", 3, True),
        ("desk@riverbend.example.com", 2, False),
        ("desk@notriverbend.example.com", 3, False),
    ],
)
async def test_one_email_on_many_accounts(world: World, kind: str, email: str, rows: int, *, is_asked: bool) -> None:
    """owner-4."""
    biller = await world.biller(links=True)
    await world.admin.execute("UPDATE crm.biller SET mail_domain = 'riverbend.example.com' WHERE id = $1", biller.id)
    for number in range(rows):
        await world.crm.customer(biller, f"A{number}")
    lines = ["Account,Mail", *(f"A{number},{email}" for number in range(rows))]
    done = await world.check(biller, kind, lines, columns={"email": "Mail"}, decide=answers())
    assert done.result is not None
    assert ("C224" in done.result.undecided) is is_asked
    assert {done.says(line)[0] for line in range(2, rows + 2)} == {"skipped" if is_asked else "apply"}
    answered = answers(C224="continue", C203="continue")
    again = (
        await world.check(biller, kind, [*lines, ""], columns={"email": "Mail"}, decide=answered) if is_asked else done
    )
    assert {again.says(line)[0] for line in range(2, rows + 2)} == {"apply"}
    assert ("C224" in again.says(2)[1]) is is_asked


async def test_an_account_number_that_looks_like_a_placeholder_may_exist(world: World) -> None:
    """customer-3."""
    biller = await world.biller()
    await world.crm.customer(biller, "1111111")
    columns = {"email": "Mail", "customer_name": "Name"}
    lines = ["Account,Mail,Name", "1111111,a@example.com,Ann", "2222222,b@example.com,Bob", "10-2,c@example.com,Cy"]
    done = await world.check(biller, "paperless", lines, columns=columns, decide=answers(C202="create"))
    assert [done.says(line)[0] for line in (2, 3, 4)] == ["apply", "failed", "apply"]
    assert done.says(3)[1] == {"R108"}
    skipped = await world.check(biller, "paperless", lines, columns=columns, decide=answers(C203="continue"))
    assert skipped.says(3) == ("skipped", {"C202"})


async def _sample_lines(world: World, import_id: UUID, code: str) -> list[int]:
    statement = "SELECT sample_lines FROM validation.finding WHERE import_id = $1 AND code = $2"
    return list(await world.admin.fetchval(statement, import_id, code))


async def test_few_found_counts_accounts_rather_than_rows(world: World) -> None:
    """import-1."""
    biller = await _biller(world, 1)
    lines = ["Account,Mail", "A1,a@example.com", "X1,x@example.com", "X1,x@example.com", "X2,y@example.com"]
    held = await world.check(biller, "paperless", lines, columns={"email": "Mail"}, decide=answers())
    found = await world.findings(held.id)
    assert (found["C201"], found["C202"]) == (2, 3)
    assert (await _detail(world, held.id, "C201"))["message"] == "Accounts found: 1 of 3"
