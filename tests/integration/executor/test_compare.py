from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.integration.executor.test_autopay import bank
from tests.integration.executor.world import World, row
from tests.support.crm import Biller

Customer = tuple[int, int, str]
Meanwhile = Callable[[World, Biller, Customer], Awaitable[Any]]


async def closed(world: World, _: Biller, customer: Customer) -> None:
    await world.admin.execute("UPDATE crm.customer SET status = 'closed' WHERE id = $1", customer[0])


async def moved_away(world: World, _: Biller, customer: Customer) -> None:
    other = await world.biller()
    await world.admin.execute("UPDATE crm.customer SET biller_id = $2 WHERE id = $1", customer[0], other.id)


async def disowned(world: World, _: Biller, customer: Customer) -> None:
    await world.admin.execute("UPDATE crm.customer_login_link SET role = 'guest' WHERE customer_id = $1", customer[0])


async def other_email(world: World, _: Biller, customer: Customer) -> None:
    await world.admin.execute("UPDATE crm.login SET email = 'own@example.com' WHERE id = $1", customer[1])


async def locked(world: World, _: Biller, customer: Customer) -> None:
    await world.admin.execute("UPDATE crm.login SET status = 'locked' WHERE id = $1", customer[1])


async def enrolled(world: World, biller: Biller, customer: Customer) -> None:
    [_, sewer] = await world.types(biller)
    await world.crm.paperless(customer[0], sewer, status="cancelled")


@pytest.mark.parametrize("meanwhile", [closed, moved_away, disowned, other_email, locked, enrolled])
async def test_the_whole_group_is_held_and_other_groups_are_applied(world: World, meanwhile: Meanwhile) -> None:
    biller = await world.biller()
    first, alone = await world.owned(biller), await world.owned(biller)
    sibling = (await world.crm.customer(biller, "SIBLING", owner=first[1]), first[1], first[2])
    rows = [
        world.moved(2, first, codes=["W321"]),
        world.moved(3, sibling, leader_line=2, login_action="none"),
        row(4, "no_change", codes=["W331"], leader_line=2),
        row(5, "skipped", codes=["C202"], leader_line=2),
        world.moved(6, alone),
    ]
    import_id = await world.plan(biller, "paperless", [rows])
    await world.approve(import_id, biller)
    await meanwhile(world, biller, first)
    await world.finish(import_id)

    assert await world.results(import_id) == {
        2: ("held", ["R198", "W321"]),
        3: ("held", ["R198"]),
        4: ("held", ["R198", "W331"]),
        5: ("skipped", ["C202"]),
        6: ("applied", []),
    }
    assert await world.enrolled("paperless_enrollment", sibling[0]) == []
    assert (await world.finished(import_id))["state"] == "completed_with_errors"


async def test_a_missing_customer_has_come_in_other_letters(world: World) -> None:
    biller = await world.biller(insensitive=True)
    created: dict[str, Any] = {
        "login_action": "create_shell",
        "seen_enrollments": [None, None],
        "email": "e@example.com",
    }
    rows = [row(2, account_number="ABC-1", **created), row(3, account_number="ABC-2", **created)]
    import_id = await world.plan(biller, "paperless", [rows])
    await world.crm.customer(biller, "abc-1")
    await world.approve(import_id, biller)
    await world.finish(import_id)
    assert await world.results(import_id) == {2: ("held", ["R198"]), 3: ("applied", [])}


async def test_an_account_has_got_an_owner(world: World) -> None:
    biller = await world.biller()
    customer_id, _, _ = await world.owned(biller)
    planned = row(
        2, customer_id=customer_id, login_action="create_shell", seen_enrollments=[None, None], email="e@x.org"
    )
    import_id = await world.run(biller, "paperless", [planned])
    assert await world.results(import_id) == {2: ("held", ["R198"])}


@pytest.mark.parametrize("taken", [{"login_name": "Ana.Ortiz", "email": None}, {"email": "ANA@example.com"}])
async def test_a_login_name_or_email_is_taken(world: World, taken: dict[str, Any]) -> None:
    biller = await world.biller()
    customer_id = await world.crm.customer(biller, "ANA")
    await world.crm.login(biller.realm_id, **taken)
    planned = row(
        2, customer_id=customer_id, login_action="create_invited", email="ana@example.com", login_name="ana.ortiz"
    )
    import_id = await world.run(biller, "registration", [planned])
    assert await world.results(import_id) == {2: ("held", ["R198"])}


async def test_the_customer_has_chosen_another_method_himself(world: World) -> None:
    biller = await world.biller()
    customer = await world.owned(biller)
    water, _ = await world.types(biller)
    earlier = await world.crm.method(customer[1], biller, b"earlier")
    chosen = await world.crm.method(customer[1], biller, b"chosen")
    await world.crm.autopay(customer[0], water, earlier, origin="import")
    planned = bank(2, customer, seen_enrollments=[f"active:{earlier}", None])
    import_id = await world.plan(biller, "autopay", [[planned]])
    await world.admin.execute(
        "UPDATE crm.autopay_enrollment SET payment_method_id = $2 WHERE customer_id = $1", customer[0], chosen
    )
    await world.approve(import_id, biller)
    await world.finish(import_id)
    assert await world.results(import_id) == {2: ("held", ["R198"])}
    assert len(await world.enrolled("autopay_enrollment", customer[0])) == 1
