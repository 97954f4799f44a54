"""Rows of a plan by the enrollments that they change, and what they say of them."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from tests.integration.mapping.test_plan import page, planned
from tests.integration.mapping.world import World
from tests.support.crm import Biller
from tests.support.plans import plan_row, write_words


async def lines(world: World, import_id: UUID, **asked: Any) -> list[int]:
    return [row["line"] for row in (await page(world, import_id, limit=500, **asked))["items"]]


@pytest.mark.parametrize("has_words", [False, True])
@pytest.mark.parametrize("kind", ["autopay", "paperless"])
async def test_rows_are_found_by_the_enrollments_that_they_change(
    world: World, biller: Biller, kind: str, *, has_words: bool
) -> None:
    """Each change that a row tells of is found by it, and no other: of every state, method and address."""
    import_id = await planned(world, biller, kind, invoice_types=["WATER", "SEWER"])
    rows = await (by_bank_account if kind == "autopay" else by_address)(world, biller)
    for line, (seen, values, _) in enumerate(rows, start=2):
        await plan_row(world.admin, import_id, line, chunk_no=line, **values, seen_enrollments=[seen, "cancelled:"])
    await plan_row(world.admin, import_id, 500)
    await plan_row(world.admin, import_id, 501, verdict="no_change", codes=["W333"])
    if has_words:
        await write_words(world.admin, import_id)
    wanted = {line: change for line, (_, _, change) in enumerate(rows, start=2) if change}
    told = [
        row["line"]
        for row in (await page(world, import_id, limit=500))["items"]
        if any(change["invoice_type"] == "WATER" for change in row["changes"])
    ]
    assert told == await lines(world, import_id, invoice_type="WATER") == list(wanted)
    for change in ("new", "changed"):
        of_water = [line for line, one in wanted.items() if one == change]
        assert await lines(world, import_id, enrollment=change, invoice_type="WATER") == of_water
    every = [line for line, _ in enumerate(rows, start=2)]
    assert await lines(world, import_id, enrollment="new") == every, "each cancelled SEWER starts again"
    assert await lines(world, import_id, enrollment="changed", invoice_type="SEWER") == []


Enrolled = list[tuple[str | None, dict[str, Any], str | None]]
"""What the check saw, the row, and what becomes of it."""


async def test_an_enrollment_that_moves_says_from_which_method(world: World, biller: Biller) -> None:
    login = await world.crm.login(biller.realm_id, "ann@example.com")
    before = await world.crm.method(login, biller, b"C" * 32)
    of_card = "UPDATE crm.payment_method SET kind = 'card', card_brand = 'Visa', card_last4 = '4242' WHERE id = $1"
    await world.admin.execute(of_card, before)
    import_id = await planned(world, biller, "autopay", invoice_types=["WATER", "SEWER"])
    row = {"method_kind": "ach", "fingerprint": b"D" * 32, "account_type": "checking", "account_last4": "5667"}
    await plan_row(world.admin, import_id, 2, **row, seen_enrollments=[None, f"active:{before}"])
    (found,) = (await page(world, import_id, enrollment="changed"))["items"]
    [moved] = [change for change in found["changes"] if change["invoice_type"] == "SEWER"]
    assert moved["before"] == "enrolled with Visa ••••4242"
    assert moved["after"].startswith("enrolled with checking ••••5667")


async def by_bank_account(world: World, biller: Biller) -> Enrolled:
    """Rule autopay-8, for a method that is there and one that is made."""
    own, before = [await world.crm.login(biller.realm_id, f"{name}@example.com") for name in ("own", "before")]
    same, of_another, other = [
        await world.crm.method(login, biller, fingerprint * 32)
        for login, fingerprint in ((own, b"A"), (before, b"A"), (own, b"B"))
    ]
    row = {"method_kind": "ach", "fingerprint": b"A" * 32, "login_id": own}
    reused = row | {"payment_method_id": same}
    return [
        (None, row, "new"),
        (f"suspended:{same}", reused, "new"),
        (f"cancelled:{other}", reused, "new"),
        (f"active:{same}", reused, None),
        (f"active:{of_another}", reused, None),
        (f"active:{of_another}", row, None),
        (f"active:{other}", reused, "changed"),
        (f"active:{other}", row, "changed"),
    ]


async def by_address(_world: World, _biller: Biller) -> Enrolled:
    """Rule paperless-10, where the login has the row's address and where it keeps its own."""
    row = {"email": "Ann@example.com"}
    delivered = row | {"delivery_email": "Ann@example.com"}
    return [
        (None, row, "new"),
        ("expired:ann@example.com", delivered, "new"),
        ("cancelled:", row, "new"),
        *(
            (f"{state}:{address}", one, None)
            for state in ("active", "pending")
            for address, one in (("", row), ("ann@EXAMPLE.com", row), ("ANN@example.com", delivered))
        ),
        *(
            (f"{state}:{address}", one, "changed")
            for state in ("active", "pending")
            for address, one in (("", delivered), ("other@example.com", row), ("other@example.com", delivered))
        ),
    ]


async def test_new_enrollments_are_found_that_wait_for_the_customer(world: World, biller: Biller) -> None:
    import_id = await planned(world, biller, invoice_types=["WATER", "SEWER"])
    seen = {"email": "a@example.com", "seen_enrollments": [None, "active:"]}
    await plan_row(world.admin, import_id, 2, **seen)
    await plan_row(world.admin, import_id, 3, **seen, authorized_on=date(2026, 1, 5))
    await plan_row(world.admin, import_id, 4, **seen | {"seen_enrollments": ["pending:b@example.com", "active:"]})
    assert await lines(world, import_id, enrollment="to_confirm") == [2]
    assert await lines(world, import_id, enrollment="to_confirm", invoice_type="WATER") == [2]
    assert await lines(world, import_id, enrollment="to_confirm", invoice_type="SEWER") == []
    await world.admin.execute("UPDATE crm.biller SET paperless_confirm_required = true WHERE id = $1", biller.id)
    assert await lines(world, import_id, enrollment="to_confirm") == [2, 3]


@pytest.mark.parametrize("has_words", [False, True])
async def test_rows_are_found_that_enroll_where_there_is_no_bill(
    world: World, biller: Biller, *, has_words: bool
) -> None:
    import_id = await planned(world, biller, invoice_types=["WATER", "SEWER"])
    both, water, none = [await world.crm.customer(biller, f"BILLED-{number}") for number in range(3)]
    for customer, code in ((both, "WATER"), (both, "SEWER"), (water, "WATER")):
        await world.crm.invoice(customer, await world.crm.type_id(biller, code))
    rows: list[dict[str, Any]] = [
        {"customer_id": both},
        {"customer_id": water},
        {"customer_id": none},
        {"customer_id": None},
        {"customer_id": none, "verdict": "no_change", "codes": ["W333"]},
        {"customer_id": none, "verdict": "no_change", "codes": ["W331"]},
        {"customer_id": none, "verdict": "held", "codes": ["R134"]},
    ]
    for line, values in enumerate(rows, start=2):
        await plan_row(world.admin, import_id, line, chunk_no=line, **values)
    if has_words:
        types = [await world.crm.type_id(biller, code) for code in ("WATER", "SEWER")]
        await world.checked(import_id, W320=4)
        await world.admin.execute(
            "UPDATE validation.import_check SET seen_types = $2 WHERE import_id = $1", import_id, types
        )
        await write_words(world.admin, import_id)
    assert await lines(world, import_id, enrollment="without_bill") == [3, 4, 5, 6]
    assert await lines(world, import_id, enrollment="without_bill", invoice_type="SEWER") == [3, 4, 5, 6]
    assert await lines(world, import_id, enrollment="without_bill", invoice_type="WATER") == [4, 5, 6]
    assert await lines(world, import_id, enrollment="without_bill", outcome="no_change") == [6]


async def test_an_invoice_type_that_the_import_has_not_is_refused(world: World, biller: Biller) -> None:
    import_id = await planned(world, biller)
    response = await world.signed_in("ivy").get(f"/imports/{import_id}/plan", params={"invoice_type": "SEWER"})
    assert (response.status_code, "Use one of: WATER" in response.text) == (422, True)
