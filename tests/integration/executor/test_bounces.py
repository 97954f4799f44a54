"""Who cannot be reached by email gets paper again, and nothing that somebody changed since is touched: notice-14."""

import hashlib
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from tests.integration.executor.undoing import Undoing
from tests.integration.executor.world import World
from tests.support.crm import Biller

Customer = tuple[int, int, str]


async def _returned(world: World, import_id: UUID, login_id: int, address: str) -> int:
    """As the notifier asks for it when an email to the address has bounced."""
    hashed = hashlib.sha256(address.lower().encode()).digest()
    number: int = await world.admin.fetchval(
        "SELECT execution.return_to_paper($1, $2, $3)", import_id, login_id, hashed
    )
    return number


async def _imported(world: World, biller: Biller) -> tuple[UUID, Customer]:
    customer = await world.owned(biller)
    return await world.run(biller, "paperless", [world.moved(2, customer)]), customer


async def _states(world: World, customer: Customer) -> set[str]:
    return {found["status"] for found in await world.enrolled("paperless_enrollment", customer[0])}


async def test_what_the_import_started_goes_back_to_paper_once(world: World) -> None:
    import_id, customer = await _imported(world, await world.biller())
    assert await _returned(world, import_id, customer[1], f"NEW-{customer[2]}") == 2
    assert await _states(world, customer) == {"cancelled"}
    assert await world.admin.fetchval(
        "SELECT returned_to_paper_at IS NOT NULL FROM execution.row_result WHERE import_id = $1", import_id
    )
    assert await _returned(world, import_id, customer[1], f"new-{customer[2]}") == 0
    assert len(await world.changes(import_id, 2)) == 3


async def _email_was_corrected(world: World, customer: Customer) -> None:
    await world.admin.execute("UPDATE crm.login SET email = 'right@example.com' WHERE id = $1", customer[1])


async def _customer_confirmed(world: World, customer: Customer) -> None:
    await world.admin.execute(
        "UPDATE crm.paperless_enrollment SET status = 'active' WHERE customer_id = $1", customer[0]
    )


async def _bills_go_elsewhere(world: World, customer: Customer) -> None:
    await world.admin.execute(
        "UPDATE crm.paperless_enrollment SET delivery_email = 'else@example.com' WHERE customer_id = $1", customer[0]
    )


async def _bills_were_opened(world: World, customer: Customer) -> None:
    await world.admin.execute(
        """INSERT INTO crm.invoice (customer_id, invoice_type_id, number, due_date, balance, opened_at)
           SELECT customer_id, invoice_type_id, '1', '2026-03-01', 1, now() FROM crm.paperless_enrollment
           WHERE customer_id = $1""",
        customer[0],
    )


@pytest.mark.parametrize("change", [_email_was_corrected, _customer_confirmed, _bills_go_elsewhere, _bills_were_opened])
async def test_what_was_changed_or_used_since_is_left_alone(
    world: World, change: Callable[[World, Customer], Awaitable[None]]
) -> None:
    import_id, customer = await _imported(world, await world.biller())
    await change(world, customer)
    before = await world.enrolled("paperless_enrollment", customer[0])
    assert await _returned(world, import_id, customer[1], f"new-{customer[2]}") == 0
    assert await world.enrolled("paperless_enrollment", customer[0]) == before


async def test_an_enrollment_that_was_there_before_stays(world: World) -> None:
    biller = await world.biller()
    customer = await world.owned(biller)
    [first, _] = await world.types(biller)
    await world.admin.execute(
        """INSERT INTO crm.paperless_enrollment (customer_id, invoice_type_id, status, delivery_email)
           VALUES ($1, $2, 'active', 'old@example.com')""",
        *(customer[0], first),
    )
    seen = await world.admin.fetchval("SELECT validation.seen_enrollment_1('active', 'old@example.com')")
    import_id = await world.run(biller, "paperless", [world.moved(2, customer, seen_enrollments=[seen, None])])
    assert await world.results(import_id) == {2: ("applied", [])}
    assert await _returned(world, import_id, customer[1], f"new-{customer[2]}") == 1
    assert [one["status"] for one in await world.enrolled("paperless_enrollment", customer[0])] == [
        "active",
        "cancelled",
    ]


async def test_an_undo_still_takes_back_what_went_back_to_paper(world: World, undoing: Undoing) -> None:
    biller = await world.biller()
    import_id, customer = await _imported(world, biller)
    assert await _returned(world, import_id, customer[1], f"new-{customer[2]}") == 2
    _, results = await undoing.run(import_id, biller)
    assert results == {2: ("applied", [])}
    assert await world.enrolled("paperless_enrollment", customer[0]) == []
    assert (await world.one("login", customer[1]))["email"] == customer[2]
    assert await _returned(world, import_id, customer[1], customer[2]) == 0
