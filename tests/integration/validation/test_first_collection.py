"""When customers are debited first: rules autopay-14 and autopay-15."""

from datetime import date, timedelta
from typing import Any

from tests.integration.validation.test_autopay import COLUMNS, HEADER, bank, fingerprint
from tests.integration.validation.world import GOOD, World
from tests.support.crm import Biller

STARTS = date(2026, 4, 1)  # the earliest collection date of the imports here


async def forecast(world: World, biller: Biller, *lines: str, **changes: Any) -> dict[str, Any]:
    done = await world.check(biller, "autopay", lines, **({"columns": COLUMNS} | changes))
    found = (await world.state(done.id))["impact"]["first_collection"]
    assert isinstance(found, dict)
    await world.finish(done.id, cancelled=True)
    return found


async def test_each_customer_counts_on_the_day_of_its_first_bill(world: World) -> None:
    biller = await world.biller()
    water, sewer = [await world.crm.type_id(biller, code) for code in ("WATER", "SEWER")]
    for number, days in ("A1", (5, 20)), ("A2", (5,)), ("A3", (6 + 7,)), ("A4", (40,)), ("A5", (-1,)), ("A6", ()):
        customer = await world.crm.customer(biller, number)
        for day in days:
            await world.crm.invoice(customer, water, STARTS + timedelta(days=day), "10.25")
        if number == "A2":  # the CRM has another day for it; a bill without a balance is paid
            await world.crm.invoice(customer, sewer, STARTS, "1.50", collected_on=STARTS + timedelta(days=5))
            await world.crm.invoice(customer, sewer, STARTS, "0")
    found = await forecast(world, biller, HEADER, *(bank(f"A{number}") for number in range(1, 8)))
    assert found == {
        "customers": 4,
        "amount": "42.50",
        "first_day": "2026-04-06",
        "in_first_week": 2,
        "days": [
            {"day": "2026-04-06", "customers": 2, "amount": "22.00"},
            {"day": "2026-04-14", "customers": 1, "amount": "10.25"},
        ],  # A4 is later than four weeks
        "not_collected": 1,
        "without_open_bill": 1,  # A6; A7 does not exist and is left out
    }


async def test_terms_of_the_row_and_enrollments_that_stay_are_no_collection(world: World) -> None:
    """autopay-8: a type that is pinned to the same method already is not changed."""
    biller = await world.biller()
    water = await world.crm.type_id(biller, "WATER")
    for number in ("A1", "A2", "A3", "A4"):
        customer = await world.crm.customer(biller, number)
        await world.crm.invoice(customer, water, STARTS + timedelta(days=10), "80")
        if number == "A4":
            login = await world.crm.login(biller.realm_id, "ann@example.com")
            await world.crm.link(customer, login)
            method = await world.crm.method(login, biller, fingerprint(world))
            await world.crm.autopay(customer, water, method)
    rows = ("A1,4/12/2026,,", "A2,,4/10/2026,", "A3,,,79.99", "A4,,,")
    found = await forecast(
        world,
        biller,
        "Account,Routing,Bank,Type,Start,End,Max",
        *(row.replace(",", ",021000021,0098745678,C,", 1) for row in rows),
        columns={name: COLUMNS[name] for name in ("routing_number", "bank_account_number", "bank_account_type")}
        | {"start_date": "Start", "end_date": "End", "max_amount": "Max"},
        decide=GOOD | {"C214": {"choice": "keep_end"}},
    )
    assert (found["customers"], found["days"]) == (0, [])
    assert "first_day" not in found
    assert (found["not_collected"], found["without_open_bill"]) == (3, 1)


async def test_customers_to_create_have_no_bill_and_rows_left_out_do_not_count(world: World) -> None:
    biller = await world.biller()
    water = await world.crm.type_id(biller, "WATER")
    for number in ("A1", "A2"):
        await world.crm.invoice(await world.crm.customer(biller, number), water, STARTS, "3")
    rows = [f"{HEADER},Name", *(f"{bank(number)},Ann Lee" for number in ("A1", "A2", "B1"))]
    create = GOOD | {"C202": {"choice": "create"}}
    named = {"columns": COLUMNS | {"customer_name": "Name"}}
    for decide, lines, customers, without in (GOOD, [], 2, 0), (create, [], 2, 1), (create, [3], 1, 1):
        options = {"attestation": "Yes.", "effective_date": STARTS.isoformat(), "exclude_lines": lines}
        found = await forecast(world, biller, *rows, **named, decide=decide, options=options)
        assert (found["customers"], found["without_open_bill"]) == (customers, without)


async def test_only_autopay_has_a_forecast(world: World) -> None:
    biller = await world.biller()
    await world.crm.customer(biller, "A1")
    done = await world.check(biller, "paperless", ["Account,Email", "A1,ann@example.com"])
    assert "first_collection" not in (await world.state(done.id))["impact"]
