"""What the answers to the codes of autopay and paperless make of their rows, in the plan and in the CRM.

Rules autopay-2, paperless-1 to paperless-5.
"""

import json
from datetime import date
from typing import Any

import pytest

from tests.integration.validation.world import Import, World, answers
from tests.support.crm import Biller

OLD, NEW = "old@example.com", "new@example.com"
BANK_COLUMNS = {
    "routing_number": "Routing",
    "bank_account_number": "Bank",
    "bank_account_type": "Type",
    "start_date": "Start",
    "sec_code": "SEC",
}
ONE_TYPE = {"invoice_types": ["WATER"]}


async def autopay(world: World, biller: Biller, *rows: str, **choices: str) -> Import:
    lines = ["Account,Routing,Bank,Type,Start,SEC", *rows]
    return await world.check(biller, "autopay", lines, columns=BANK_COLUMNS, decide=answers(**choices), **ONE_TYPE)


async def paperless(world: World, biller: Biller, *rows: str, **choices: str) -> Import:
    lines = ["Account,Email,Copy", *rows]
    columns = {"email": "Email", "email_cc": "Copy"}
    decide = answers(C204="continue", **choices)
    return await world.check(biller, "paperless", lines, columns=columns, decide=decide, **ONE_TYPE)


async def one(world: World, table: str, **where: int) -> dict[str, Any]:
    [(column, value)] = where.items()
    rows = await world.admin.fetch(f"SELECT * FROM crm.{table} WHERE {column} = $1", value)
    [row] = rows
    return dict(row)


@pytest.mark.parametrize(
    ("choice", "status", "planned"),
    [
        ("keep", "active", ("skipped", {"C215"})),
        ("replace", "active", ("apply", {"C215"})),
        ("replace", "suspended", ("skipped", {"C215"})),
        ("replace", "cancelled", ("skipped", {"C215"})),
    ],
)
async def test_a_method_of_the_customers_own(
    world: World, choice: str, status: str, planned: tuple[str, set[str]]
) -> None:
    biller = await world.biller()
    login = await world.crm.login(biller.realm_id, OLD)
    customer = await world.crm.customer(biller, "A1", owner=login)
    own = await world.crm.method(login, biller, b"own", default=True)
    await world.crm.autopay(customer, await world.crm.type_id(biller, "WATER"), own, status=status)
    rows = ["A1,021000021,0098745678,C,,", "A1,021000021,0098745678,C,,"]
    done = await autopay(world, biller, *rows, C215=choice)
    assert done.says(2) == planned
    assert done.says(3)[1] == {"C215", "W331"}
    await world.apply(done, biller)
    enrolled = await one(world, "autopay_enrollment", customer_id=customer)
    goes_on = planned[0] == "apply"
    assert (enrolled["payment_method_id"] != own, enrolled["origin"] == "import") == (goes_on, goes_on)
    if goes_on:
        changes = json.loads(
            await world.admin.fetchval(
                "SELECT changes FROM execution.row_result WHERE import_id = $1 AND line_no = 2", done.id
            )
        )
        before = next(change["before"] for change in changes if change["table"] == "autopay_enrollment")
        assert (before["payment_method_id"], before["origin"]) == (own, "customer")
        again = await autopay(world, biller, *rows, C215=choice)
        assert {outcome for outcome, _ in (await world.apply(again, biller)).values()} == {"no_change"}


async def test_start_and_evidence_of_a_mandate(world: World) -> None:
    biller = await world.biller()
    customers = [await world.crm.customer(biller, number) for number in ("A1", "A2")]
    rows = ["A1,021000021,0098745678,C,2026-06-15,PPD", "A2,021000021,0012345679,C,2026-03-10,"]
    done = await autopay(world, biller, *rows)
    assert json.loads(done.rows[2]["evidence"]) == {"sec_code": "PPD"}
    await world.apply(done, biller)
    enrolled = [await one(world, "autopay_enrollment", customer_id=customer) for customer in customers]
    assert [row["effective_from"] for row in enrolled] == [date(2026, 6, 15), date(2026, 4, 1)]
    record = await one(world, "authorization_record", id=enrolled[0]["mandate_id"])
    assert (json.loads(record["evidence"]), record["line_no"]) == ({"sec_code": "PPD"}, 2)


@pytest.mark.parametrize("choice", ["", "skip", "continue"])
async def test_one_email_on_more_than_ten_accounts(world: World, choice: str) -> None:
    biller = await world.biller()
    for number in range(21):
        await world.crm.customer(biller, f"A{number}")
    office = [f"A{number},office@example.com," for number in range(11)]
    family = [f"A{number},family@example.com," for number in range(11, 21)]
    done = await paperless(world, biller, *office, *family, **({"C224": choice} if choice else {}))
    verdicts = {line: done.rows[line]["verdict"] for line in done.rows}
    expected = "apply" if choice == "continue" else "skipped"
    assert {verdicts[line] for line in range(2, 13)} == {expected}
    assert {verdicts[line] for line in range(13, 23)} == {"apply"}
    assert (await world.findings(done.id))["C224"] == 11
    assert done.result is not None
    assert done.result.undecided == (() if choice else ("C224",))


@pytest.mark.parametrize("choice", ["keep", "enroll_again"])
async def test_paperless_that_the_customer_cancelled(world: World, choice: str) -> None:
    biller = await world.biller()
    login = await world.crm.login(biller.realm_id, OLD)
    customer = await world.crm.customer(biller, "A1", owner=login)
    await world.crm.paperless(customer, await world.crm.type_id(biller, "WATER"), status="cancelled")
    done = await paperless(world, biller, f"A1,{OLD},", C225=choice)
    assert done.says(2) == ("skipped" if choice == "keep" else "apply", {"C225"})
    await world.apply(done, biller)
    enrolled = await one(world, "paperless_enrollment", customer_id=customer)
    anew = choice == "enroll_again"
    assert (enrolled["status"], enrolled["origin"]) == (("pending", "import") if anew else ("cancelled", "customer"))
    if anew:
        again = await paperless(world, biller, f"A1,{OLD},", C225=choice)
        assert await world.apply(again, biller) == {2: ("no_change", {"W333"})}


@pytest.mark.parametrize(
    ("choice", "planned", "email"),
    [
        ("hold", ("held", {"C231"}), OLD),
        ("use_file", ("apply", {"C231"}), NEW),
        ("keep_login", ("apply", {"C231"}), OLD),
    ],
)
async def test_another_email_than_a_registration_brought(
    world: World, choice: str, planned: tuple[str, set[str]], email: str
) -> None:
    biller = await world.biller()
    login = await world.crm.login(biller.realm_id, OLD, status="invited", import_kind="registration")
    customer = await world.crm.customer(biller, "A1", owner=login)
    row = f"A1,{NEW},copy@example.com"
    done = await paperless(world, biller, row, C231=choice)
    assert done.says(2) == planned
    await world.apply(done, biller)
    found = await one(world, "login", id=login)
    assert (found["email"], found["email_cc"]) == (email, "copy@example.com" if choice == "use_file" else None)
    if choice != "hold":
        assert (await one(world, "paperless_enrollment", customer_id=customer))["delivery_email"] is None
        again = await paperless(world, biller, row, C231=choice)
        assert {outcome for outcome, _ in (await world.apply(again, biller)).values()} == {"no_change"}


async def test_a_login_without_an_email_cannot_keep_it(world: World) -> None:
    biller = await world.biller()
    login = await world.crm.login(biller.realm_id, None, status="invited", import_kind="registration")
    await world.crm.customer(biller, "A1", owner=login)
    done = await paperless(world, biller, f"A1,{NEW},", C231="keep_login")
    assert done.says(2) == ("held", {"C231"})
