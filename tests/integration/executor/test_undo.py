"""Undo, rule by rule: undo-1 to undo-14. That everything comes back: tests/property/test_undo.py."""

from typing import Any
from uuid import UUID

import pytest

from tests.integration.executor.test_autopay import OTHER, bank
from tests.integration.executor.test_registration import person
from tests.integration.executor.undoing import UNDOER, Undoing
from tests.integration.executor.world import World, row
from tests.support.crm import Biller

NOTIFY = {"notify_customers": True}


async def moved(world: World, biller: Biller) -> tuple[UUID, int, int, str]:
    """An import that changed the email of a login."""
    customer_id, login_id, email = await world.owned(biller)
    planned = world.moved(2, (customer_id, login_id, email))
    return await world.run(biller, "paperless", [planned], options=NOTIFY), customer_id, login_id, email


async def made(world: World, biller: Biller) -> tuple[UUID, int, int]:
    """An import that made a customer with a login."""
    number = f"MADE-{biller.id}"
    planned = row(2, account_number=number, customer_name="ANA", login_action="create_shell", email="ana@example.com")
    planned["seen_enrollments"] = [None, None]
    import_id = await world.run(biller, "paperless", [planned], options=NOTIFY)
    customer_id = await world.customer_id(biller, number)
    login_id = await world.owner(customer_id)
    assert login_id is not None
    return import_id, customer_id, login_id


async def _is_there(world: World, table: str, record_id: int) -> bool:
    return bool(await world.admin.fetch(f"SELECT FROM crm.{table} WHERE id = $1", record_id))


async def test_an_email_returns_and_the_enrollments_go(world: World, undoing: Undoing) -> None:
    """undo-9, undo-12."""
    biller = await world.biller()
    import_id, customer_id, login_id, email = await moved(world, biller)
    assert await world.notices(import_id)
    undo, results = await undoing.run(import_id, biller)
    assert results == {2: ("applied", [])}
    assert (await world.one("login", login_id))["email"] == email
    assert await world.enrolled("paperless_enrollment", customer_id) == []
    assert await world.notices(import_id) == []
    undone = await world.admin.fetchrow(
        "SELECT undone_by, undone_at, outcome FROM execution.row_result WHERE import_id = $1", import_id
    )
    assert undone is not None
    assert (undone["undone_by"], undone["outcome"]) == (undo, "applied")
    assert undone["undone_at"] is not None
    assert [chunk["undone"] for chunk in await world.chunks(import_id)] == [1]
    assert (await world.finished(undo))["counts"]["applied"] == 1


async def test_what_was_made_goes_and_what_was_agreed_to_stays(world: World, undoing: Undoing) -> None:
    """undo-9, undo-10."""
    biller = await world.biller()
    import_id, customer_id, login_id = await made(world, biller)
    await world.admin.execute("UPDATE crm.notice SET sent_at = now() WHERE import_id = $1", import_id)
    await undoing.run(import_id, biller)
    assert not await _is_there(world, "customer", customer_id)
    assert not await _is_there(world, "login", login_id)
    assert await world.admin.fetchval("SELECT count(*) FROM crm.authorization_record WHERE import_id = $1", import_id)


async def test_a_message_that_was_sent_is_not_withdrawn(world: World, undoing: Undoing) -> None:
    """undo-9."""
    biller = await world.biller()
    import_id, _, login_id, _ = await moved(world, biller)
    await world.admin.execute("UPDATE crm.notice SET sent_at = now() WHERE template = 'email_changed'")
    await undoing.run(import_id, biller)
    assert await world.notices(import_id) == [(login_id, "email_changed")]


@pytest.mark.parametrize(
    ("written", "fact"),
    [
        ("UPDATE crm.login SET email = 'own@example.com' WHERE id = $1", "login"),
        ("UPDATE crm.login SET email_verified_at = now() WHERE id = $1", "login"),
        (
            """UPDATE crm.paperless_enrollment SET status = 'active'
               WHERE customer_id IN (SELECT customer_id FROM crm.customer_login_link WHERE login_id = $1)""",
            "paperless enrollment",
        ),
    ],
)
async def test_what_was_changed_since_is_left_alone(world: World, undoing: Undoing, written: str, fact: str) -> None:
    """undo-4, undo-8."""
    biller = await world.biller()
    import_id, _, login_id, email = await moved(world, biller)
    await world.admin.execute(written, login_id)
    undo, results = await undoing.run(import_id, biller)
    assert results == {2: ("held", ["R161"])}
    assert await undoing.planned(undo) == {2: ("held", ["R161"], [fact])}
    changed = await world.admin.fetchval("SELECT changed FROM execution.row_result WHERE import_id = $1", undo)
    assert changed == [fact]
    assert (await world.one("login", login_id))["email"] != email


async def test_what_the_import_did_not_write_may_change(world: World, undoing: Undoing) -> None:
    """undo-4: the phone of a login is nothing to a change of its email, nor is an invitation that was sent."""
    biller = await world.biller()
    import_id, _, login_id, email = await moved(world, biller)
    await world.admin.execute(
        "UPDATE crm.login SET phone = '555-0188', activation_token_hash = '\\x01' WHERE id = $1", login_id
    )
    await undoing.run(import_id, biller)
    login = await world.one("login", login_id)
    assert (login["email"], login["phone"]) == (email, "555-0188")


@pytest.mark.parametrize(
    ("used", "fact"),
    [
        ("INSERT INTO crm.invoice SELECT 990000 + $1, $1, t.id, '1', now(), 5 FROM crm.invoice_type t LIMIT 1", "bill"),
        (
            """INSERT INTO crm.authorization_record (kind, import_id, customer_id)
               VALUES ('consent', gen_random_uuid(), $1)""",
            "record of an authorization",
        ),
        (
            """INSERT INTO crm.paperless_enrollment (customer_id, invoice_type_id, status)
               SELECT $1, t.id, 'active' FROM crm.invoice_type t WHERE t.id NOT IN (
                   SELECT invoice_type_id FROM crm.paperless_enrollment WHERE customer_id = $1
               ) LIMIT 1""",
            "paperless enrollment",
        ),
    ],
)
async def test_an_account_that_is_used_stays(world: World, undoing: Undoing, used: str, fact: str) -> None:
    """undo-5."""
    biller = await world.biller()
    import_id, customer_id, _ = await made(world, biller)
    await world.admin.execute(used, customer_id)
    undo, results = await undoing.run(import_id, biller)
    assert results == {2: ("held", ["R162"])}
    assert await undoing.planned(undo) == {2: ("held", ["R162"], [fact])}
    assert await _is_there(world, "customer", customer_id)


async def test_a_login_that_another_account_uses_stays(world: World, undoing: Undoing) -> None:
    """undo-5."""
    biller = await world.biller()
    import_id, _, login_id = await made(world, biller)
    await world.crm.customer(biller, "ANOTHER", owner=login_id)
    _, results = await undoing.run(import_id, biller)
    assert results == {2: ("held", ["R162"])}
    assert await _is_there(world, "login", login_id)


async def test_a_method_that_was_paid_with_stays(world: World, undoing: Undoing) -> None:
    """undo-5."""
    biller = await world.biller()
    customer = await world.owned(biller)
    import_id = await world.run(biller, "autopay", [bank(2, customer)])
    await world.admin.execute(
        """INSERT INTO crm.payment (customer_id, payment_method_id, amount)
           SELECT $1, id, 5 FROM crm.payment_method WHERE login_id = $2""",
        *customer[:2],
    )
    undo, results = await undoing.run(import_id, biller)
    assert results == {2: ("held", ["R162"])}
    assert await undoing.planned(undo) == {2: ("held", ["R162"], ["payment"])}
    assert len(await world.enrolled("autopay_enrollment", customer[0])) == 2


async def test_a_method_goes_with_its_enrollments(world: World, undoing: Undoing) -> None:
    """undo-9."""
    biller = await world.biller()
    customer = await world.owned(biller)
    import_id = await world.run(biller, "autopay", [bank(2, customer, make_default=True)])
    await undoing.run(import_id, biller)
    assert await world.enrolled("autopay_enrollment", customer[0]) == []
    assert await world.admin.fetch("SELECT FROM crm.payment_method WHERE login_id = $1", customer[1]) == []


async def _claimed(world: World, biller: Biller) -> tuple[UUID, int]:
    shell = await world.crm.login(biller.realm_id, "old@example.com", status="shell", login_name=f"old-{biller.id}")
    customer = await world.crm.customer(biller, "CLAIM", owner=shell)
    planned = person(
        2, customer_id=customer, login_id=shell, login_action="claim", seen_login_email="old@example.com",
        seen_login_status="shell", login_name=f"ana-{biller.id}",
    )  # fmt: skip
    return await world.run(biller, "registration", [planned]), shell


async def test_a_login_that_was_activated_stays(world: World, undoing: Undoing) -> None:
    """undo-4."""
    biller = await world.biller()
    import_id, shell = await _claimed(world, biller)
    await world.admin.execute("UPDATE crm.login SET status = 'active', activated_at = now() WHERE id = $1", shell)
    _, results = await undoing.run(import_id, biller)
    assert results == {2: ("held", ["R161"])}
    assert (await world.one("login", shell))["status"] == "active"


async def test_a_login_name_that_is_taken_does_not_return(world: World, undoing: Undoing) -> None:
    """undo-6."""
    biller = await world.biller()
    import_id, shell = await _claimed(world, biller)
    await world.crm.login(biller.realm_id, None, login_name=f"OLD-{biller.id}")
    undo, results = await undoing.run(import_id, biller)
    assert results == {2: ("held", ["R163"])}
    assert await undoing.planned(undo) == {2: ("held", ["R163"], ["login name taken"])}
    assert (await world.one("login", shell))["login_name"] == f"ana-{biller.id}"


async def test_rows_of_an_earlier_release_are_left_alone(world: World, undoing: Undoing) -> None:
    """undo-7: their changes have no mark."""
    biller = await world.biller()
    import_id, _, login_id, email = await moved(world, biller)
    await world.admin.execute(
        """UPDATE execution.row_result SET changes = (
               SELECT jsonb_agg(change - 'mark') FROM jsonb_array_elements(changes) AS change
           ) WHERE import_id = $1""",
        import_id,
    )
    _, results = await undoing.run(import_id, biller)
    assert results == {2: ("held", ["R164"])}
    assert (await world.one("login", login_id))["email"] != email


async def test_a_group_is_left_alone_together(world: World, undoing: Undoing) -> None:
    """undo-8."""
    biller = await world.biller(links=True)
    customers = [await world.crm.customer(biller, f"GROUP-{number}") for number in (1, 2, 3)]
    rows = [
        person(2, customer_id=customers[0], login_action="create_invited"),
        person(3, customer_id=customers[1], login_action="link", leader_line=2),
        person(4, customer_id=customers[2], login_action="create_invited", email="bo@example.com"),
    ]
    import_id = await world.run(biller, "registration", rows)
    await world.admin.execute("UPDATE crm.customer_login_link SET role = 'guest' WHERE customer_id = $1", customers[1])
    _, results = await undoing.run(import_id, biller)
    assert results == {2: ("held", ["R161"]), 3: ("held", ["R161"]), 4: ("applied", [])}
    assert await world.owner(customers[0]) is not None
    assert await world.owner(customers[2]) is None


async def test_what_changes_after_the_check_is_held(world: World, undoing: Undoing) -> None:
    """undo-11."""
    biller = await world.biller()
    import_id, _, login_id, _ = await moved(world, biller)
    undo = await undoing.ask(import_id, biller)
    await undoing.check(undo)
    await undoing.confirm(undo, biller)
    await world.admin.execute("UPDATE crm.login SET email = 'own@example.com' WHERE id = $1", login_id)
    await undoing.start(undo, biller)
    await world.finish(undo)
    assert await world.results(undo) == {2: ("held", ["R198"])}
    assert (await world.one("login", login_id))["email"] == "own@example.com"


async def test_a_second_undo_does_nothing(world: World, undoing: Undoing) -> None:
    """undo-3."""
    biller = await world.biller()
    import_id, _, login_id, _ = await moved(world, biller)
    await undoing.run(import_id, biller)
    await world.admin.execute("UPDATE crm.login SET email = 'own@example.com' WHERE id = $1", login_id)
    _, results = await undoing.run(import_id, biller)
    assert results == {2: ("no_change", ["W334"])}
    assert (await world.one("login", login_id))["email"] == "own@example.com"


async def test_only_who_may_undo_gets_a_plan(world: World, undoing: Undoing) -> None:
    """undo-1."""
    biller = await world.biller()
    import_id, *_ = await moved(world, biller)
    undo = await undoing.ask(import_id, biller)
    await world.crm.right(UNDOER, biller, may_undo=False)
    result = await undoing.check(undo)
    assert (result.state, result.codes) == ("rejected", {"F011": 1})


async def test_without_the_right_an_undo_fails_while_it_runs(world: World, undoing: Undoing) -> None:
    """undo-11."""
    biller = await world.biller()
    import_id, *_ = await moved(world, biller)
    undo = await undoing.ask(import_id, biller)
    await undoing.check(undo)
    await undoing.confirm(undo, biller)
    await undoing.start(undo, biller)
    await world.crm.right(UNDOER, biller, may_undo=False)
    await world.finish(undo)
    assert await world.results(undo) == {2: ("skipped", ["S405"])}
    assert (await world.job(undo))["reason"] == "F011"


async def test_who_confirmed_needs_the_right_as_well(world: World, undoing: Undoing) -> None:
    """undo-11."""
    biller = await world.biller()
    import_id, *_ = await moved(world, biller)
    undo = await undoing.ask(import_id, biller)
    await undoing.check(undo)
    await world.crm.right("otto", biller)
    await undoing.confirm(undo, biller, by="otto")
    await undoing.start(undo, biller)
    await world.finish(undo)
    assert await world.results(undo) == {2: ("held", ["R198"])}


async def test_too_late_is_refused(world: World, undoing: Undoing) -> None:
    """undo-2."""
    biller = await world.biller()
    import_id, *_ = await moved(world, biller)
    await world.admin.execute(
        "UPDATE execution.job SET finished_at = now() - interval '31 days' WHERE import_id = $1", import_id
    )
    result = await undoing.check(await undoing.ask(import_id, biller))
    assert (result.state, result.codes) == ("rejected", {"F023": 1})


async def test_where_the_import_needed_a_second_person_so_does_its_undo(world: World, undoing: Undoing) -> None:
    """undo-1."""
    biller = await world.biller()
    import_id, *_ = await moved(world, biller)
    await world.admin.execute(
        """INSERT INTO mapping.decision (import_id, code, choice, decided_by, approved_by)
           VALUES ($1, 'C207', 'continue', 'ida', 'sam')""",
        import_id,
    )
    undo = await undoing.ask(import_id, biller)
    result = await undoing.check(undo)
    assert (result.state, result.undecided, result.codes["C207"]) == ("held", ("C207",), 1)
    assert (await undoing.confirm(undo, biller)).state == "held"
    await world.crm.right("sam", biller, may_approve=True)
    await world.admin.execute(
        """INSERT INTO mapping.decision (import_id, code, choice, count_seen, decided_by, approved_by)
           VALUES ($1, 'C207', 'continue', 1, 'otto', 'sam')""",
        undo,
    )
    await world.admin.execute("UPDATE validation.import_check SET state = 'pending' WHERE import_id = $1", undo)
    await world.admin.execute("INSERT INTO mapping.confirmation VALUES ($1, 2, 'otto')", undo)
    await world.admin.execute("UPDATE validation.import_check SET check_no = 3 WHERE import_id = $1", undo)
    assert (await undoing.check(undo)).state == "approved"


async def test_an_undo_can_be_undone(world: World, undoing: Undoing) -> None:
    """undo-14: what it removed is made again, with the same ids."""
    biller = await world.biller()
    customer = await world.owned(biller)
    import_id = await world.run(biller, "autopay", [bank(2, customer, make_default=True)])
    before = await _state(world, customer)
    undo, _ = await undoing.run(import_id, biller)
    assert await _state(world, customer) != before
    again, results = await undoing.run(undo, biller)
    assert results == {2: ("applied", [])}
    assert await _state(world, customer) == before
    assert [chunk["undone"] for chunk in await world.chunks(import_id)] == [0]
    assert [chunk["undone"] for chunk in await world.chunks(undo)] == [1]
    _, results = await undoing.run(import_id, biller)
    assert results == {2: ("applied", [])}
    assert again != undo


async def test_an_undo_is_undone_where_the_import_had_moved_an_enrollment(world: World, undoing: Undoing) -> None:
    """undo-14: the enrollment returns to the payment method that is made again."""
    biller = await world.biller()
    customer = await world.owned(biller)
    earlier = await world.crm.method(customer[1], biller, OTHER)
    await world.crm.autopay(customer[0], (await world.types(biller))[0], earlier, origin="import")
    planned = bank(2, customer, seen_enrollments=[f"active:{earlier}", None])
    import_id = await world.run(biller, "autopay", [planned])
    imported = await _state(world, customer)
    undo, results = await undoing.run(import_id, biller)
    assert results == {2: ("applied", [])}
    again, results = await undoing.run(undo, biller)
    assert results == {2: ("applied", [])}
    assert await _state(world, customer) == imported
    assert (await undoing.run(again, biller))[1] == {2: ("applied", [])}


async def test_a_plan_for_an_undo_is_held_by_executors_of_the_last_release(world: World, undoing: Undoing) -> None:
    """They compare the status of each login with what the plan saw, and an undo keeps none."""
    biller = await world.biller()
    import_id, *_ = await moved(world, biller)
    undo = await undoing.ask(import_id, biller)
    await undoing.check(undo)
    seen = await world.admin.fetchrow(
        "SELECT seen_login_status, login_id, customer_id FROM validation.plan_row WHERE import_id = $1", undo
    )
    assert seen is not None
    assert seen["seen_login_status"] is None
    assert seen["login_id"]
    assert seen["customer_id"]


async def _state(world: World, customer: tuple[int, int, str]) -> list[Any]:
    methods = await world.admin.fetch("SELECT * FROM crm.payment_method WHERE login_id = $1", customer[1])
    return [methods, await world.enrolled("autopay_enrollment", customer[0])]


async def test_each_batch_is_planned_for_the_tables_as_they_are(undoing: Undoing) -> None:
    """A session keeps the plans of functions, also one from when a table of the CRM was empty."""
    kept = await undoing.world.admin.fetch(
        """SELECT proname FROM pg_proc
           WHERE pronamespace = 'execution'::regnamespace AND proname IN ('undo_blocks_2', 'undo_blocks_3')
               AND ('plan_cache_mode=force_custom_plan' = ANY (proconfig)) IS NOT TRUE"""
    )
    assert not kept
