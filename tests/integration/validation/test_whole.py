"""Findings of the import as a whole: names, former imports, touched logins, blocked rows; and the impact."""

from datetime import timedelta
from typing import Any

import pytest

from tests.integration.validation.world import GOOD, Import, World
from tests.support.crm import Biller

NAMED = {"email": "Email", "customer_name": "Name"}
EMPTY: dict[str, Any] = {"C202": {"choice": "skip"}}


async def check(world: World, biller: Biller, rows: list[str], **changes: Any) -> Import:
    return await world.check(biller, "paperless", ["Account,Email,Name", *rows], columns=NAMED, **changes)


async def undecided(world: World, biller: Biller, rows: list[str], **changes: Any) -> tuple[str, ...]:
    done = await check(world, biller, rows, **({"decide": EMPTY} | changes))
    assert done.result is not None
    return done.result.undecided


async def customers(world: World, biller: Biller, count: int, name: str | None = None) -> None:
    for number in range(count):
        await world.crm.customer(biller, f"A{number}", name=name)


def rows(count: int, *, domain: str = "example.com", name: str = "") -> list[str]:
    return [f"A{number},a{number}@{domain},{name}" for number in range(count)]


async def test_names_that_do_not_agree_stand_on_their_rows(world: World) -> None:
    biller = await world.biller()
    names = {"A1": "ANA ORTIZ", "A2": "ANA ORTIZ", "A3": "--", "A4": None}
    for number, name in names.items():
        await world.crm.customer(biller, number, name=name)
    await world.crm.customer(biller, "A5", name="ANA ORTIZ", status="closed")
    told = ['A1,a1@example.com,"Ortiz, Ana"', "A2,a2@example.com,Bob Stone", "A3,a3@example.com,--"]
    done = await check(world, biller, [*told, "A4,a4@example.com,Bob Stone", "A5,a5@example.com,Bob Stone"])
    assert [done.says(line)[1] for line in range(2, 7)] == [set(), {"W310"}, set(), set(), {"R111", "W310"}]


@pytest.mark.parametrize(("wrong", "all_rows", "found"), [(9, 20, False), (10, 100, False), (10, 99, True)])
async def test_many_names_that_do_not_agree(world: World, wrong: int, all_rows: int, *, found: bool) -> None:
    biller = await world.biller()
    await customers(world, biller, all_rows, "ANA ORTIZ")
    told = [*rows(wrong, name="Bob Stone"), *rows(all_rows, name="Ana Ortiz")[wrong:]]
    assert await undecided(world, biller, told) == (("C206",) if found else ())


@pytest.mark.parametrize(("wrong", "all_rows", "found"), [(9, 20, False), (10, 100, False), (10, 99, True)])
async def test_many_blocked_rows(world: World, wrong: int, all_rows: int, *, found: bool) -> None:
    biller = await world.biller()
    await customers(world, biller, all_rows)
    told = [f"A{number},nothing," for number in range(wrong)] + rows(all_rows)[wrong:]
    assert await undecided(world, biller, told) == (("C205",) if found else ())


async def test_stop_for_blocked_rows_leaves_no_plan(world: World) -> None:
    biller = await world.biller()
    await customers(world, biller, 20)
    told = [f"A{number},nothing," for number in range(20)]
    done = await check(world, biller, told, decide=GOOD | {"C205": {"choice": "stop"}})
    assert done.result is not None
    assert (done.result.state, done.result.codes["C205"], done.rows) == ("rejected", 20, {})


@pytest.mark.parametrize(("same", "found"), [(20, True), (19, True), (18, False)])
async def test_nearly_the_same_rows_in_another_file(world: World, same: int, *, found: bool) -> None:
    biller = await world.biller()
    await customers(world, biller, 20)
    first = await check(world, biller, rows(20))
    await world.finish(first.id)
    other = [*rows(same), *rows(20, domain="example.org")[same:]]
    assert await undecided(world, biller, list(reversed(other))) == (("C203",) if found else ())


async def test_a_cancelled_import_was_not_imported(world: World) -> None:
    biller = await world.biller()
    await customers(world, biller, 3)
    first = await check(world, biller, rows(3))
    await world.finish(first.id, cancelled=True)
    assert await undecided(world, biller, rows(3)) == ()


async def test_of_large_files_the_share_is_estimated(world: World) -> None:
    biller = await world.biller()
    accounts = 3_000
    await world.admin.execute(
        "INSERT INTO crm.customer (biller_id, account_number) SELECT $1, 'A' || generate_series(0, $2 - 1)",
        *(biller.id, accounts),
    )
    first = await check(world, biller, rows(accounts))
    assert len((await world.state(first.id))["row_keys"]) == 1_000
    await world.finish(first.id)
    assert await undecided(world, biller, rows(accounts)[:2_900]) == ("C203",)
    half = [*rows(accounts)[:1_500], *rows(accounts, domain="example.org")[1_500:]]
    assert await undecided(world, biller, half) == ()


async def test_rows_that_stand_there_again_and_again_count_once(world: World) -> None:
    biller = await world.biller()
    done = await check(world, biller, rows(1_100) * 3)
    keys = (await world.state(done.id))["row_keys"]
    assert (len(keys), keys) == (1_000, sorted(set(keys)))


@pytest.mark.parametrize("days", [29, 31])
async def test_logins_that_another_import_touched(world: World, days: int) -> None:
    biller = await world.biller()
    await world.crm.customer(biller, "A0")
    await world.apply(await check(world, biller, ["A0,first@example.com,"]), biller)
    await world.admin.execute(
        "UPDATE execution.job SET finished_at = finished_at - $2::interval WHERE biller_id = $1",
        *(biller.id, timedelta(days=days)),
    )
    assert await undecided(world, biller, ["A0,first@example.com,"], decide=GOOD) == ()
    await world.admin.execute("UPDATE validation.import_check SET state = 'finished' WHERE biller_id = $1", biller.id)
    held = await check(world, biller, ["A0,second@example.com,"], decide=EMPTY)
    assert held.result is not None
    assert held.result.undecided == (("C204",) if days < 30 else ())
    assert held.result.codes.get("C204", 0) == (1 if days < 30 else 0)


async def test_logins_of_rows_that_were_undone_are_nobodys(world: World) -> None:
    """import-6: neither those of the undone rows nor those that the undo itself wrote."""
    biller = await world.biller()
    for account in ("A0", "A1", "A2"):
        await world.crm.customer(biller, account)
    done = await check(world, biller, rows(3))
    await world.apply(done, biller)
    await world.finish(done.id)
    again = rows(3, domain="example.org")
    asked = [(await check(world, biller, again)).result]
    undo = await check(world, biller, rows(1))
    await world.apply(undo, biller)
    await world.finish(undo.id)
    await world.admin.execute("UPDATE validation.import_check SET undoes = $2 WHERE import_id = $1", undo.id, done.id)
    await world.admin.execute(
        "UPDATE execution.row_result SET undone_by = $2, undone_at = now() WHERE import_id = $1 AND line_no = 2",
        *(done.id, undo.id),
    )
    await world.admin.execute("UPDATE execution.chunk SET undone = 1 WHERE import_id = $1", done.id)
    asked.append((await check(world, biller, again)).result)
    assert [one and one.codes.get("C204") for one in asked] == [3, 2]


async def test_the_impact_says_how_many_customers_it_touches(world: World) -> None:
    biller = await world.biller()
    await customers(world, biller, 3)
    told = [*rows(2, name="Ana Ortiz"), *rows(1, name="Ana Ortiz"), "X1,x@example.com,Bob Stone"]
    done = await check(world, biller, told, decide=GOOD | {"C202": {"choice": "create"}})
    impact = (await world.state(done.id))["impact"]
    assert (impact["customers_of_biller"], impact["customers_touched"], impact["customers_to_create"]) == (3, 3, 1)


async def test_the_columns_in_which_bank_data_stands_are_kept_with_the_check(world: World) -> None:
    biller = await world.biller()
    header = "Account,Email,A,B"
    late = [f"A{n},a{n}@example.com,," for n in range(600)] + ["B1,b@example.com,021000021,4815171052"] * 30
    held = await world.check(biller, "paperless", [header, *late], decide="ask")
    clean = await world.check(biller, "paperless", [header, *late[:600]], decide="ask")
    broken = await world.check(biller, "paperless", [header, *late, "C1,c@example.com,4111111111111111,"], decide="ask")
    kept = [(await world.state(done.id))["bank_columns"] for done in (held, clean, broken)]
    assert kept == [[2, 3], [], [2, 3]]  # a number alone may be chance, so the file is read to its end
