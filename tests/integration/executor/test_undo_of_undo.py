"""What changed between an undo and the undo of it: undo-14."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.executor.repository import locks
from tests.integration.executor.test_autopay import FINGERPRINT, OTHER, account, bank
from tests.integration.executor.test_undo import made, moved
from tests.integration.executor.undoing import Undoing
from tests.integration.executor.world import WAIT_SECONDS, World
from tests.support.crm import Biller

Begin = Callable[[World, Biller], Awaitable[tuple[Any, ...]]]
THIRD = b"fingerprint-of-a-third"


async def _methods(world: World, login_id: int) -> dict[bytes, tuple[bool, str]]:
    rows = await world.admin.fetch("SELECT * FROM crm.payment_method WHERE login_id = $1", login_id)
    return {row["fingerprint"]: (row["is_default"], row["status"]) for row in rows}


async def _change(world: World, import_id: UUID) -> dict[str, Any]:
    [change] = [one for one in await world.changes(import_id, 2) if one["table"] == "payment_method"]
    return change


async def _undone(world: World, undoing: Undoing, biller: Biller) -> tuple[tuple[int, int, str], UUID]:
    """A customer whose default an import made, and the undo of it."""
    customer = await world.owned(biller)
    import_id = await world.run(biller, "autopay", [bank(2, customer, make_default=True)])
    undo, results = await undoing.run(import_id, biller)
    assert results == {2: ("applied", [])}
    assert await _methods(world, customer[1]) == {}
    return customer, undo


async def test_a_default_chosen_meanwhile_stays_the_only_one(world: World, undoing: Undoing) -> None:
    biller = await world.biller()
    customer, undo = await _undone(world, undoing, biller)
    await world.crm.method(customer[1], biller, OTHER, default=True)
    again, results = await undoing.run(undo, biller)
    assert results == {2: ("applied", [])}
    assert await _methods(world, customer[1]) == {OTHER: (True, "active"), FINGERPRINT: (False, "active")}
    assert (await _change(world, again))["after"]["is_default"] is False
    third, results = await undoing.run(again, biller)
    assert results == {2: ("applied", [])}
    assert await _methods(world, customer[1]) == {OTHER: (True, "active")}
    assert (await undoing.run(third, biller))[1] == {2: ("applied", [])}


async def test_a_default_that_a_round_made_meanwhile_stays_the_only_one(world: World, undoing: Undoing) -> None:
    """For another account of the same login."""
    biller = await world.biller()
    customer, undo = await _undone(world, undoing, biller)
    other = (await world.crm.customer(biller, "B-1", owner=customer[1]), *customer[1:])
    await world.run(biller, "autopay", [bank(3, other, make_default=True) | account(OTHER)])
    assert await _methods(world, customer[1]) == {OTHER: (True, "active")}
    _, results = await undoing.run(undo, biller)
    assert results == {2: ("applied", [])}
    assert await _methods(world, customer[1]) == {OTHER: (True, "active"), FINGERPRINT: (False, "active")}


async def test_a_default_elsewhere_or_of_the_past_is_none(world: World, undoing: Undoing) -> None:
    biller, elsewhere = await world.biller(), await world.biller()
    customer, undo = await _undone(world, undoing, biller)
    await world.crm.method(customer[1], elsewhere, OTHER, default=True)
    await world.crm.method(customer[1], biller, THIRD, default=True, status="removed")
    await undoing.run(undo, biller)
    assert (await _methods(world, customer[1]))[FINGERPRINT] == (True, "active")


async def test_a_method_that_is_active_again_is_no_second_default(world: World, undoing: Undoing) -> None:
    biller = await world.biller()
    customer = await world.owned(biller)
    mine = await world.crm.method(customer[1], biller, FINGERPRINT, default=True, status="removed")
    import_id = await world.run(biller, "autopay", [bank(2, customer, payment_method_id=mine)])
    undo, _ = await undoing.run(import_id, biller)
    await world.crm.method(customer[1], biller, OTHER, default=True)
    again, results = await undoing.run(undo, biller)
    assert results == {2: ("applied", [])}
    assert await _methods(world, customer[1]) == {OTHER: (True, "active"), FINGERPRINT: (False, "active")}
    change = await _change(world, again)
    assert (change["before"], change["after"]) == (
        {"status": "removed", "is_default": True},
        {"status": "active", "is_default": False},
    )
    assert (await undoing.run(again, biller))[1] == {2: ("applied", [])}
    assert await _methods(world, customer[1]) == {OTHER: (True, "active"), FINGERPRINT: (True, "removed")}


async def _is_undone_and_done_again(
    world: World, undoing: Undoing, biller: Biller, import_id: UUID, before: dict[bytes, tuple[bool, str]]
) -> None:
    """``before``: the methods before the import."""
    login_id = await world.admin.fetchval(
        """SELECT k.login_id FROM validation.plan_row p JOIN crm.customer_login_link k USING (customer_id)
           WHERE p.import_id = $1 LIMIT 1""",
        import_id,
    )
    imported = await _methods(world, login_id)
    undo, results = await undoing.run(import_id, biller)
    assert {outcome for outcome, _ in results.values()} == {"applied"}
    assert await _methods(world, login_id) == before
    _, results = await undoing.run(undo, biller)
    assert {outcome for outcome, _ in results.values()} == {"applied"}
    assert await _methods(world, login_id) == imported


async def test_a_method_that_an_import_makes_active_again_is_no_second_default(world: World, undoing: Undoing) -> None:
    """Rule autopay-5."""
    biller, elsewhere = await world.biller(), await world.biller()
    customer = await world.owned(biller)
    mine = await world.crm.method(customer[1], biller, FINGERPRINT, default=True, status="removed")
    await world.crm.method(customer[1], biller, OTHER, default=True)
    import_id = await world.run(biller, "autopay", [bank(2, customer, payment_method_id=mine)])
    assert await _methods(world, customer[1]) == {OTHER: (True, "active"), FINGERPRINT: (False, "active")}
    change = await _change(world, import_id)
    assert (change["before"], change["after"]) == (
        {"status": "removed", "is_default": True},
        {"status": "active", "is_default": False},
    )
    before = {OTHER: (True, "active"), FINGERPRINT: (True, "removed")}
    await _is_undone_and_done_again(world, undoing, biller, import_id, before)

    beside = await world.owned(biller)
    mine = await world.crm.method(beside[1], biller, FINGERPRINT, default=True, status="removed")
    await world.crm.method(beside[1], biller, OTHER, default=True, status="removed")
    await world.crm.method(beside[1], elsewhere, THIRD, default=True)
    await world.run(biller, "autopay", [bank(2, beside, payment_method_id=mine)])
    assert (await _methods(world, beside[1]))[FINGERPRINT] == (True, "active")


async def test_of_methods_that_are_active_again_that_of_the_first_row_stays_the_default(
    world: World, undoing: Undoing
) -> None:
    """Rule autopay-5."""
    biller = await world.biller()
    first = await world.owned(biller)
    methods = {
        fingerprint: await world.crm.method(first[1], biller, fingerprint, default=is_default, status="removed")
        for fingerprint, is_default in ((OTHER, True), (FINGERPRINT, True), (THIRD, False))
    }
    accounts = [(await world.crm.customer(biller, f"D-{line}", owner=first[1]), *first[1:]) for line in (2, 3, 4)]
    rows = [
        bank(line, customer, leader_line=2, payment_method_id=methods[fingerprint], **account(fingerprint))
        for line, (customer, fingerprint) in enumerate(zip(accounts, (THIRD, FINGERPRINT, OTHER), strict=True), 2)
    ]
    import_id = await world.run(biller, "autopay", rows)
    active = {THIRD: (False, "active"), FINGERPRINT: (True, "active"), OTHER: (False, "active")}
    assert await _methods(world, first[1]) == active
    before = {THIRD: (False, "removed"), FINGERPRINT: (True, "removed"), OTHER: (True, "removed")}
    await _is_undone_and_done_again(world, undoing, biller, import_id, before)


@pytest.mark.parametrize("status", ["removed", "active"])
async def test_a_method_that_is_there_only_as_the_row_is_written_is_no_second_default(
    world: World, undoing: Undoing, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    """One that was active stays as its owner has it."""
    monkeypatch.setattr(locks, "WAIT_TO_WRITE", timedelta(seconds=WAIT_SECONDS))
    biller = await world.biller()
    customer = await world.owned(biller)
    mine = await world.crm.method(customer[1], biller, THIRD, default=True, status=status)
    await world.crm.method(customer[1], biller, OTHER, default=True)
    import_id = await world.plan(biller, "autopay", [[bank(2, customer)]])
    await world.approve(import_id, biller)
    async with world.beside(
        "UPDATE crm.payment_method SET fingerprint = $2 WHERE id = $1", mine, FINGERPRINT
    ) as transaction:
        in_hand = asyncio.create_task(world.finish(import_id))
        await world.waiting("executor-tests")
        await transaction.commit()
        await in_hand
    assert await world.results(import_id) == {2: ("applied", [])}
    is_default = status == "active"
    assert await _methods(world, customer[1]) == {OTHER: (True, "active"), FINGERPRINT: (is_default, "active")}
    before = {OTHER: (True, "active"), FINGERPRINT: (True, status)}
    await _is_undone_and_done_again(world, undoing, biller, import_id, before)


@pytest.mark.parametrize("begin", [moved, made])
async def test_emails_are_withdrawn_and_queued_however_often(world: World, undoing: Undoing, begin: Begin) -> None:
    """Of a login that the import changed, and of one that it made: emails keep the id of the import."""
    biller = await world.biller()
    first, *_ = await begin(world, biller)
    queued = await world.notices(first)
    assert queued
    last = first
    for expected in ([], queued, [], queued, []):
        last, results = await undoing.run(last, biller)
        assert results == {2: ("applied", [])}
        assert await world.notices(first) == expected


async def test_an_email_of_another_import_keeps_a_login_that_was_made_again(world: World, undoing: Undoing) -> None:
    biller = await world.biller()
    first, _, login_id = await made(world, biller)
    undo, _ = await undoing.run(first, biller)
    again, _ = await undoing.run(undo, biller)
    other, *_ = await moved(world, biller)
    await world.admin.execute(
        "INSERT INTO crm.notice (login_id, template, import_id) VALUES ($1, 'activation', $2)", login_id, other
    )
    _, results = await undoing.run(again, biller)
    assert results == {2: ("held", ["R162"])}
