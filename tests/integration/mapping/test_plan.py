from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.mapping.planned import ChangeFilter
from services.mapping.repository import plan
from tests.integration.mapping.world import World, tomorrow
from tests.support.crm import Biller
from tests.support.plans import plan_row, write_words


async def planned(world: World, biller: Biller, kind: str = "paperless", **changes: Any) -> UUID:
    import_id = await world.imported(biller, kind, **changes)
    await world.checked(import_id)
    return import_id


async def page(world: World, import_id: UUID, *, person: str = "ivy", path: str = "plan", **asked: Any) -> Any:
    response = await world.signed_in(person).get(f"/imports/{import_id}/{path}", params=asked)
    assert response.status_code == 200, response.text
    return response.json()


async def test_every_change_of_a_row_is_told_before_and_after(world: World, biller: Biller) -> None:
    import_id = await planned(world, biller, invoice_types=["WATER", "SEWER"])
    await plan_row(
        world.admin,
        import_id,
        2,
        login_action="update_email",
        seen_login_email="old@example.com",
        email="new@example.com",
        seen_enrollments=["cancelled:old@example.com", None],
    )
    (row,) = (await page(world, import_id))["items"]
    assert [(one["what"], one["before"], one["after"], one["invoice_type"]) for one in row["changes"]] == [
        ("login_email", "old@example.com", "new@example.com", None),
        ("enrolment", "cancelled", "waiting for confirmation", "WATER"),
        ("enrolment", "not enrolled", "waiting for confirmation", "SEWER"),
    ]


async def test_of_a_payment_method_the_last_four_are_told(world: World, biller: Biller) -> None:
    import_id = await planned(world, biller, "autopay")
    await plan_row(
        world.admin,
        import_id,
        2,
        customer_id=None,
        customer_name="ANA ORTIZ",
        login_action="create_shell",
        email="ana@example.com",
        method_kind="ach",
        account_type="checking",
        account_last4="5667",
        routing_number="021000021",
        seen_enrollments=[None],
        ends_on=date(2030, 1, 31),
    )
    (row,) = (await page(world, import_id))["items"]
    effective = date.fromisoformat(tomorrow())
    first = f"{effective:%b} {effective.day}, {effective:%Y}"
    assert [(one["what"], one["before"], one["after"]) for one in row["changes"]] == [
        ("customer", "", "ANA ORTIZ"),
        ("login", "", "ana@example.com, created without a password"),
        ("payment_method", "", "checking ••••5667"),
        ("enrolment", "not enrolled", f"enrolled, from {first}, until Jan 31, 2030"),
    ]


async def test_mapping_cannot_read_bank_data_of_a_plan(world: World) -> None:
    async with world.database.connection() as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("SELECT account_enc FROM validation.plan_row")
        record = await connection.fetch(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'validation.planned_row'::regclass AND attnum > 0"
        )
    columns = {row["attname"] for row in record}
    assert columns.isdisjoint({"routing_number", "account_enc", "token_ref", "fingerprint", "holder_name"})


async def test_a_new_email_names_the_other_accounts_of_its_login(world: World, biller: Biller) -> None:
    """Here the first 20 by number; of another biller how many, and nothing of accounts that others own."""
    crm = world.crm
    neighbor = await crm.biller(realm_id=biller.realm_id)
    login = await crm.login(biller.realm_id, "old@example.com")
    own = await crm.customer(biller, "OWN-05", owner=login)
    for number in range(25):
        if number != 5:
            await crm.customer(biller, f"OWN-{number:02}", owner=login)
    for secret in ("SECRET-1", "SECRET-2"):
        await crm.customer(neighbor, secret, owner=login)
    await crm.link(await crm.customer(biller, "GUEST"), login, "guest")
    alone = await crm.login(biller.realm_id, "alone@example.com")
    other = await crm.customer(biller, "ALONE", owner=alone)
    import_id = await planned(world, biller)
    changed = {"login_action": "update_email", "seen_login_email": "old@example.com", "email": "new@example.com"}
    of_login = {"customer_id": own, "login_id": login}
    await plan_row(world.admin, import_id, 2, **of_login, **changed)
    await plan_row(world.admin, import_id, 3, **of_login, delivery_email="new@example.com")
    await plan_row(world.admin, import_id, 4, **of_login, verdict="skipped", codes=["C223"])
    await plan_row(world.admin, import_id, 5, customer_id=None, login_id=login, **changed | {"login_action": "claim"})
    await plan_row(world.admin, import_id, 6, customer_id=other, login_id=alone, **changed)
    await plan_row(world.admin, import_id, 7, **of_login, email="old@example.com")
    answer = await page(world, import_id)
    assert "SECRET" not in str(answer)
    elsewhere = [{"biller": neighbor.name, "accounts": 2}]
    first = [f"OWN-{number:02}" for number in range(21)]
    beside = {"account_numbers": [one for one in first if one != "OWN-05"], "accounts": 24, "elsewhere": elsewhere}
    assert [row["also_owned"] for row in answer["items"]] == [
        beside,
        beside,
        beside,
        {"account_numbers": first[:20], "accounts": 25, "elsewhere": elsewhere},
        {"account_numbers": [], "accounts": 0, "elsewhere": []},
        None,
    ]


async def test_of_links_mapping_reads_what_a_login_owns_and_nothing_of_logins(world: World) -> None:
    async with world.database.connection() as connection:
        readable = await connection.fetch(
            """SELECT attname FROM pg_attribute WHERE attrelid = 'crm.customer_login_link'::regclass AND attnum > 0
               AND has_column_privilege(attrelid, attnum, 'SELECT') ORDER BY attname"""
        )
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("SELECT email FROM crm.login")
    assert [row["attname"] for row in readable] == ["customer_id", "login_id", "role"]


async def test_the_whole_plan_is_read_in_pages_without_gap_or_double(world: World, biller: Biller) -> None:
    import_id = await planned(world, biller)
    lines = [*range(2, 40), *range(1990, 2011), 4000]
    for line in lines:
        await plan_row(world.admin, import_id, line)
    seen: list[int] = []
    after: dict[str, str] = {}
    while True:
        answer = await page(world, import_id, limit=7, **after)
        seen += [row["line"] for row in answer["items"]]
        if answer["next"] is None:
            break
        after = {"after": answer["next"]}
    assert seen == lines


async def test_the_plan_is_filtered_by_outcome_and_code(world: World, biller: Biller) -> None:
    import_id = await planned(world, biller)
    await plan_row(world.admin, import_id, 2, codes=["W343"])
    await plan_row(world.admin, import_id, 3, verdict="failed", codes=["R142", "W301"])
    await plan_row(world.admin, import_id, 4, verdict="held", codes=["R132"])
    for asked, lines in (
        ({"outcome": "applied"}, [2]),
        ({"outcome": "failed"}, [3]),
        ({"code": "W301"}, [3]),
        ({"code": "R132", "outcome": "held"}, [4]),
        ({"code": "R132", "outcome": "failed"}, []),
    ):
        assert [row["line"] for row in (await page(world, import_id, **asked))["items"]] == lines
    assert all(not row["changes"] for row in (await page(world, import_id))["items"][1:])


@pytest.mark.parametrize("has_words", [False, True])
async def test_a_row_is_found_by_account_number_email_line_and_change(
    world: World, biller: Biller, *, has_words: bool
) -> None:
    import_id = await planned(world, biller)
    emails = {"login_action": "update_email", "seen_login_email": "Old@example.com", "email": "new@example.com"}
    rows: list[dict[str, Any]] = [
        {"account_number": "WTR-2", **emails},
        {"account_number": "wtr-3", "delivery_email": "bills@example.com"},
        {"account_number": "WTR-2", "verdict": "held", "codes": ["R134"]},
        {"account_number": "WTR-5", "customer_id": None, "login_action": "create_shell"},
        {"account_number": "WTR-6", "method_kind": "ach", "codes": ["W343", "W344"]},
        {"account_number": "WTR-7", "codes": ["C232"]},
    ]
    for line, values in enumerate(rows, start=2):
        await plan_row(world.admin, import_id, line, chunk_no=line, **values)
    if has_words:
        await write_words(world.admin, import_id)
    asked: list[tuple[dict[str, Any], list[int]]] = [
        ({"text": "wtr-2"}, [2, 4]),
        ({"text": "WTR-3"}, [3]),
        ({"text": "WTR"}, []),
        ({"text": "old@example.com"}, [2]),
        ({"text": "NEW@example.com"}, [2]),
        ({"text": "bills@example.com"}, [3]),
        ({"text": "WTR-2", "outcome": "held"}, [4]),
        ({"text": "WTR-2", "code": "R134"}, [4]),
        ({"line": 5}, [5]),
        ({"change": "login_email"}, [2]),
        ({"change": "delivery_email"}, [3]),
        ({"change": "customer"}, [5]),
        ({"change": "login", "text": "WTR-5"}, [5]),
        ({"change": "payment_method"}, [6]),
        ({"change": "payment_method", "text": "WTR-5"}, []),
        ({"change": "customer_changed"}, [2, 3, 6, 7]),
        ({"change": "login_created"}, [5]),
        ({"change": "login_changed"}, [2]),
        ({"change": "owner"}, [7]),
        ({"code": "W344"}, [6]),
        ({"outcome": "applied"}, [2, 3, 5, 6, 7]),
    ]
    assert {one["change"] for one, _ in asked if "change" in one} == set(ChangeFilter)
    found = [[row["line"] for row in (await page(world, import_id, **one))["items"]] for one, _ in asked]
    assert found == [lines for _, lines in asked]
    first = await page(world, import_id, text="WTR-2", limit=1)
    rest = await page(world, import_id, text="WTR-2", limit=1, after=first["next"])
    assert ([one["line"] for one in (*first["items"], *rest["items"])], rest["next"]) == ([2, 4], None)


async def test_of_a_large_plan_only_chunks_are_read_that_may_have_such_rows(world: World, biller: Biller) -> None:
    """Told by rows that are in the plan and of which nobody wrote; once it is checked again, nothing written counts."""
    import_id = await planned(world, biller)
    await plan_row(world.admin, import_id, 2, account_number="WTR-2")
    await write_words(world.admin, import_id)
    rare = {"account_number": "WTR-3", "login_action": "claim", "email": "new@example.com", "codes": ["W343"]}
    await plan_row(world.admin, import_id, 3, **rare)
    asked: list[dict[str, Any]] = [
        {"text": "WTR-3"},
        {"text": "new@example.com"},
        {"change": "login"},
        {"code": "W343"},
    ]
    for check_no, lines in ((1, []), (2, [3])):
        await world.checked(import_id, check_no=check_no)
        for one in asked:
            assert [row["line"] for row in (await page(world, import_id, **one))["items"]] == lines, one


@pytest.mark.parametrize("has_words", [False, True])
async def test_rows_beside_a_row_have_its_account_or_its_login(
    world: World, biller: Biller, *, has_words: bool
) -> None:
    import_id = await planned(world, biller)
    rows: list[dict[str, Any]] = [
        {"account_number": "WTR-2", "login_id": 7},
        {"account_number": "WTR-3", "login_id": 7},
        {"account_number": "WTR-2", "verdict": "held", "codes": ["R132"]},
        {"account_number": "WTR-2", "verdict": "skipped", "codes": ["S404"]},
        {"account_number": "WTR-6", "login_id": 8},
    ]
    for line, values in enumerate(rows, start=2):
        await plan_row(world.admin, import_id, line, chunk_no=line, **values)
    if has_words:
        await write_words(world.admin, import_id)
    async with world.database.connection() as connection:
        found = [
            await plan.lines_beside(connection, import_id, line, number, limit)
            for line, number, limit in ((2, "WTR-2", 9), (2, "WTR-6", 9), (2, "WTR-2", 1), (4, "WTR-2", 9))
        ]
    assert found == [[3, 4], [3, 6], [3], [2]]


async def test_an_owner_is_named_only_where_the_row_replaces_them(world: World, biller: Biller) -> None:
    owner = await world.crm.login(biller.realm_id, "owner@example.com")
    import_id = await planned(world, biller, "registration", columns={"email": "Email"})
    row = {"login_action": "create_invited", "email": "new@example.com", "owner_id": owner}
    await plan_row(world.admin, import_id, 2, **row, codes=["C232"])
    await plan_row(world.admin, import_id, 3, **row, codes=["C232"], link_role="oversight")
    await plan_row(world.admin, import_id, 4, verdict="skipped", codes=["C232"])
    (found,) = (await page(world, import_id, change="owner"))["items"]
    assert [(one["what"], one["before"], one["after"]) for one in found["changes"]] == [
        ("login", "owner@example.com as owner", "new@example.com, created and invited")
    ]
    assert "owner@example.com" not in str((await page(world, import_id))["items"][1:])


async def test_samples_hold_a_few_rows_of_each_kind(world: World, biller: Biller) -> None:
    import_id = await planned(world, biller, "registration", columns={"email": "Email"})
    for line in range(2, 9):
        await plan_row(world.admin, import_id, line, login_action="create_invited", email="a@example.com")
    await plan_row(world.admin, import_id, 9, login_action="link", email="b@example.com")
    await plan_row(world.admin, import_id, 10, verdict="skipped", codes=["C202"], customer_id=None)
    kinds = (await page(world, import_id, path="plan/samples"))["kinds"]
    assert {kind: [row["line"] for row in rows] for kind, rows in kinds.items()} == {"login": [2, 3, 4]}


async def test_a_plan_is_seen_only_by_who_may_see_its_import(world: World, biller: Biller) -> None:
    import_id = await planned(world, biller, "registration", columns={"email": "Email"})
    for path in ("plan", "plan/samples"):
        response = await world.signed_in("paul").get(f"/imports/{import_id}/{path}")
        assert response.status_code == 404


@pytest.mark.parametrize("after", ["x", "1", "1.99999999999", "1.4294967296"])
async def test_a_place_that_is_none_is_refused(world: World, biller: Biller, after: str) -> None:
    import_id = await planned(world, biller)
    response = await world.signed_in("ivy").get(f"/imports/{import_id}/plan", params={"after": after})
    assert response.status_code == 422
