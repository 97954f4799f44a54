"""Autopay beside the CRM: rules autopay-1 to autopay-13, customer-6."""

import json
from typing import Any

from tests.integration.validation.world import GOOD, World
from tests.support.crm import Biller

HEADER = "Account,Routing,Bank,Type,Token,Exp,Email"
COLUMNS = {
    "routing_number": "Routing",
    "bank_account_number": "Bank",
    "bank_account_type": "Type",
    "card_token": "Token",
    "card_expiry": "Exp",
    "email": "Email",
}


def bank(number: str, account: str = "0098745678", email: str = "") -> str:
    return f"{number},021000021,{account},C,,,{email}"


async def check(world: World, biller: Biller, *lines: str, **changes: Any) -> Any:
    return await world.check(biller, "autopay", [HEADER, *lines], **({"columns": COLUMNS} | changes))


def fingerprint(world: World, account: str = "0098745678") -> bytes:
    return world.fingerprint.of("ach", "021000021", account)


async def test_a_shell_with_a_sealed_method(world: World) -> None:
    biller = await world.biller()
    await world.crm.customer(biller, "A1")
    done = await check(world, biller, bank("A1"))
    row = done.rows[2]
    assert done.says(2) == ("apply", set())
    assert (row["login_action"], row["make_default"], row["method_kind"]) == ("create_shell", True, "ach")
    assert (row["account_last4"], row["account_type"], row["fingerprint"]) == ("5678", "checking", fingerprint(world))
    sealed = world.tools.sealer.unseal(row["account_enc"], f"bank_account:{biller.id}")
    assert sealed == "0098745678"


async def test_only_the_first_applied_row_makes_a_default(world: World) -> None:
    biller = await world.biller(links=True)
    login = await world.crm.login(biller.realm_id, "ann@example.com")
    for number in ("A1", "A2"):
        await world.crm.customer(biller, number, owner=login)
    done = await check(world, biller, bank("A1"), bank("A2", "11112222"))
    assert done.says(2) == done.says(3) == ("apply", {"W321"})
    assert [done.rows[line]["make_default"] for line in (2, 3)] == [True, False]
    assert [done.rows[line]["leader_line"] for line in (2, 3)] == [2, 2]


async def test_no_default_beside_another_or_beside_active_autopay(world: World) -> None:
    biller = await world.biller(links=True)
    with_default = await world.crm.login(biller.realm_id, "a@example.com")
    with_autopay = await world.crm.login(biller.realm_id, "b@example.com")
    await world.crm.customer(biller, "A1", owner=with_default)
    await world.crm.customer(biller, "A2", owner=with_autopay)
    other = await world.crm.customer(biller, "A3", owner=with_autopay)
    await world.crm.method(with_default, biller, b"x", default=True, status="removed")
    method = await world.crm.method(with_autopay, biller, b"y")
    await world.crm.autopay(other, await world.crm.type_id(biller, "WATER"), method)
    done = await check(world, biller, bank("A1"), bank("A2", "11112222"))
    assert [done.rows[line]["make_default"] for line in (2, 3)] == [False, False]


async def test_the_logins_own_method_is_reused(world: World) -> None:
    biller = await world.biller()
    login = await world.crm.login(biller.realm_id, "ann@example.com")
    await world.crm.customer(biller, "A1", owner=login)
    method = await world.crm.method(login, biller, fingerprint(world), status="expired")
    done = await check(world, biller, bank("A1"))
    row = done.rows[2]
    assert done.says(2) == ("apply", set())
    assert (row["payment_method_id"], row["make_default"]) == (method, False)


async def test_the_customers_own_choice_is_kept(world: World) -> None:
    biller = await world.biller()
    water, sewer = [await world.crm.type_id(biller, code) for code in ("WATER", "SEWER")]
    made = {}
    for number in ("A1", "A2", "A3", "A4"):
        login = await world.crm.login(biller.realm_id, f"{number}@example.com")
        customer = await world.crm.customer(biller, number, owner=login)
        own = await world.crm.method(login, biller, fingerprint(world, f"99{number}"))
        made[number] = (customer, own, await world.crm.method(login, biller, number.encode()))
    for kind in (water, sewer):
        await world.crm.autopay(made["A1"][0], kind, made["A1"][1])
    await world.crm.autopay(made["A2"][0], water, made["A2"][2], origin="csr")
    await world.crm.autopay(made["A3"][0], water, made["A3"][2], origin="import")
    await world.crm.autopay(made["A4"][0], sewer, made["A4"][1], status="suspended", origin="import")
    done = await check(world, biller, *(bank(number, f"99{number}") for number in made))
    assert [done.says(line) for line in range(2, 6)] == [
        ("no_change", {"W333"}),
        ("skipped", {"C215"}),
        ("skipped", {"C246"}),
        ("skipped", {"C215"}),
    ]


async def test_a_second_file_moves_no_enrollment_unasked(world: World) -> None:
    """Last month's file, loaded by mistake, would debit the accounts of last month."""
    biller = await world.biller()
    for number in "A1", "A2":
        await world.crm.customer(biller, number)
    answered = GOOD | {"C202": {"choice": "skip"}, "C246": {"choice": "replace"}}
    first = await check(world, biller, bank("A1"), bank("A2", "99997777"), decide=answered)
    assert (await world.state(first.id))["impact"]["payment_methods_to_add"] == 2
    assert set(await world.findings(first.id)) & {"C215", "C246"} == set()
    await world.apply(first, biller)
    for choice, says in ("", ("skipped", {"C246"})), ("skip", ("skipped", {"C246"})), ("replace", ("apply", {"C246"})):
        decide = GOOD | ({"C246": {"choice": choice}} if choice else {})
        done = await check(world, biller, bank("A1", "11112222"), bank("A2", "99997777"), decide=decide)
        assert (done.says(2), done.says(3)) == (says, ("no_change", {"W333"}))
        assert done.result.undecided == (() if choice else ("C246",))
        detail = await world.admin.fetchval(
            "SELECT detail FROM validation.finding WHERE import_id = $1 AND code = 'C246'", done.id
        )
        assert json.loads(detail) == {"values": {"bank account ••••5678 → bank account ••••2222": 1}}
        await world.finish(done.id, cancelled=True)
    impact = (await world.state(done.id))["impact"]
    assert (impact["enrolments"], impact["enrollments_changed"]) == ({"WATER": 1, "SEWER": 1}, {"WATER": 1, "SEWER": 1})


async def test_one_method_under_several_logins(world: World) -> None:
    biller = await world.biller()
    await world.crm.customer(biller, "A1")
    await world.crm.customer(biller, "A2")
    await world.crm.customer(biller, "A3")
    stranger = await world.crm.login(biller.realm_id, "z@example.com")
    await world.crm.method(stranger, biller, fingerprint(world, "33334444"))
    await world.crm.method(stranger, biller, fingerprint(world, "55556666"), status="removed")
    await world.crm.customer(biller, "A4")
    lines = [bank("A1"), bank("A2"), bank("A3", "33334444"), bank("A4", "55556666")]
    done = await check(world, biller, *lines)
    assert [done.says(line)[1] for line in range(2, 6)] == [{"W332"}, {"W332"}, {"W332"}, set()]


async def test_blocks_and_conflicts(world: World) -> None:
    biller = await world.biller()
    await world.crm.customer(biller, "A1", block_eft=True)
    await world.crm.customer(biller, "A2", block_eft=True)
    await world.crm.customer(biller, "A3", block_cc=True)
    await world.crm.customer(biller, "A4")
    card = ",,,,tok_12345,12/30,"
    done = await check(world, biller, bank("A1"), f"A2{card}", f"A3{card}", bank("A4"), bank("A4", "99998888"))
    assert done.says(2) == done.says(4) == ("failed", {"R112"})
    assert done.says(3) == ("apply", set())
    assert (done.rows[3]["exp_year"], done.rows[3]["exp_month"]) == (2030, 12)
    assert done.says(5) == done.says(6) == ("held", {"R131"})


async def test_the_values_of_a_row(world: World) -> None:
    biller = await world.biller()
    lines = [
        "A1,021000021,98745678,C,tok_12345,12/30,",
        "A2,,,,,,",
        "A3,21000021,123,loan,,,nobody",
        "A4,,,,tok_12345,02/26,",
        "A5,,,,tok_12345,02/26,nobody",
        "A6,,,,tok,13/30,",
        "A7,021000021,98745678,28,,,",
    ]
    done = await check(world, biller, *lines)
    assert [done.says(line) for line in range(2, 9)] == [
        ("failed", {"R120"}),
        ("failed", {"R120"}),
        ("failed", {"R123", "R124", "W311", "W313"}),
        ("skipped", {"C216"}),
        ("skipped", {"C216", "W313"}),
        ("failed", {"R125", "R126"}),
        ("skipped", {"C202", "W314"}),
    ]
    assert all(row["account_enc"] is None for row in done.rows.values())


async def test_flags_and_end_dates(world: World) -> None:
    biller = await world.biller()
    header = f"{HEADER},Flag,End,Max"
    lines = [
        header,
        *(
            f"{bank(f'A{n}')},{tail}"
            for n, tail in enumerate(["N,,", "prenote,03/02/2026,", "Y,3/1/2026,", "Y,Q4 27,"])
        ),
        f"{bank('A9')},Y,,lots",
        f"{bank('A8')},Y,soon,50-60",
    ]
    columns = COLUMNS | {"autopay_flag": "Flag", "end_date": "End", "max_amount": "Max"}
    done = await world.check(biller, "autopay", lines, columns=columns)
    assert [done.says(line) for line in range(2, 8)] == [
        ("skipped", {"S402"}),
        ("skipped", {"C214", "W314"}),
        ("skipped", {"S403"}),
        ("held", {"R145"}),
        ("skipped", {"C242"}),
        ("held", {"R145"}),
    ]
