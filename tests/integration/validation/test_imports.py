"""The import as a whole: decisions, waiting, failing.

Rules answer-4 to answer-6, import-1 to import-10.
"""

from uuid import uuid4

import asyncpg
import pytest

from services.validation import check as check_module
from services.validation.check import run_check
from services.validation.repository import checks, paperless
from services.validation.worker import CheckWorker
from shared.secure_upload import SecureUploadUnavailable
from tests.integration.validation.world import GOOD, World, refused

LINES = ["Account,Email", "A1,a@example.com"]


async def test_ask_holds_until_a_person_confirms(world: World) -> None:
    biller = await world.biller()
    await world.crm.customer(biller, "A1")
    done = await world.check(biller, "paperless", LINES, decide="ask")
    assert done.result is not None
    assert (done.result.state, done.result.undecided) == ("held", ())
    await world.decide(done.id, 7, {})
    assert (await world.state(done.id))["state"] == "held"
    await world.decide(done.id, 1, {})
    again = await world.run(done.id)
    assert again.approved.planned.applied == 1
    state = await world.state(done.id)
    assert (state["state"], state["check_no"], state["rows_read"]) == ("approved", 2, 1)
    assert [topic for topic, _ in await world.said(done.id)] == ["import-held", "import-approved"]


async def test_what_is_not_covered_holds_and_more_than_was_seen_holds_again(world: World) -> None:
    biller = await world.biller()
    for number in ("A1", "A2"):
        await world.crm.customer(biller, number)
    lines = [*LINES, "A2,b@example.com", "X1,x@example.com"]
    done = await world.check(biller, "paperless", lines, decide={})
    assert done.result is not None
    assert (done.result.state, done.result.undecided) == ("held", ("C202",))
    await world.admin.execute("DELETE FROM crm.customer WHERE biller_id = $1 AND account_number = 'A2'", biller.id)
    await world.decide(done.id, 1, {"C202": {"choice": "skip", "count_seen": 1}})
    again = await world.run(done.id)
    assert again.result is not None
    assert (again.result.state, set(again.result.undecided)) == ("held", {"C201", "C202"})


async def test_many_new_customers_need_their_number_and_a_second_person(world: World) -> None:
    biller = await world.biller()
    columns = {"email": "Email", "customer_name": "Name"}
    lines = ["Account,Name,Email", "X1,ANN,x@example.com", "X2,BOB,y@example.com"]
    done = await world.check(biller, "paperless", lines, columns=columns, decide="ask")
    assert done.result is not None
    assert set(done.result.undecided) == {"C201", "C202"}
    create = {"C202": {"choice": "create", "count_seen": 2}}
    first = {"C201": {"choice": "continue", "count_seen": 2, "typed_count": 2}} | create
    await world.decide(done.id, 1, first)
    alone = await world.run(done.id)
    assert alone.result is not None
    assert alone.result.undecided == ("C201", "C207")
    await world.crm.right("nora", biller, may_approve=True)
    seconded = {"C201": first["C201"], "C207": {"choice": "continue", "count_seen": 2}}
    await world.decide(done.id, 2, {code: one | {"approved_by": "nora"} for code, one in seconded.items()})
    assert (await world.run(done.id)).approved.planned.applied == 2


async def test_stop_rejects(world: World) -> None:
    biller = await world.biller()
    decide = GOOD | {"C201": {"choice": "stop"}}
    done = await world.check(biller, "paperless", ["Account,Email", "X1,x@example.com"], decide=decide)
    assert done.result is not None
    assert (done.result.state, done.result.codes["C201"], done.rows) == ("rejected", 1, {})


async def test_the_same_file_while_it_runs_and_after_it_ran(world: World) -> None:
    biller = await world.biller()
    await world.crm.customer(biller, "A1")
    first = await world.check(biller, "paperless", LINES)
    assert await refused(world, "\n".join(LINES) + "\n", biller=biller) == {"F017": 1}
    await world.finish(first.id)
    asked = await world.check(biller, "paperless", LINES, decide={})
    assert asked.result is not None
    assert asked.result.undecided == ("C203",)


async def test_a_file_whose_import_was_undone_says_so(world: World) -> None:
    """import-4."""
    biller = await world.biller()
    await world.crm.customer(biller, "A1")
    first = await world.check(biller, "paperless", LINES)
    applied = await world.apply(first, biller)
    assert ("applied", set()) in applied.values()

    async def message() -> str | None:
        asked = await world.check(biller, "paperless", LINES, decide={})
        detail = await world.admin.fetchval(
            "SELECT detail ->> 'message' FROM validation.finding WHERE import_id = $1 AND code = 'C203'", asked.id
        )
        return None if detail is None else str(detail)

    assert await message() is None
    await world.admin.execute(
        "UPDATE execution.chunk SET undone = (counts ->> 'applied')::int WHERE import_id = $1", first.id
    )
    assert await message() == "Everything that was imported then has been undone"


async def test_another_file_of_the_biller_waits(world: World) -> None:
    biller = await world.biller()
    await world.crm.customer(biller, "A1")
    first = await world.check(biller, "paperless", LINES)
    waiting = await world.define(biller, "paperless", "Account,Email\nA1,b@example.com\n")
    assert (await world.run(waiting)).result is None
    assert (await world.state(waiting))["state"] == "pending"
    await world.finish(first.id, cancelled=True)
    assert (await world.state(first.id))["state"] == "cancelled"
    assert (await world.run(waiting)).approved.planned.applied == 1


async def test_warnings_about_the_file(world: World) -> None:
    biller = await world.biller()
    text = "Account;Email;Other\nA1;a@example.com;Pe\xf1a\n".encode("cp1252")
    done = await world.run(await world.define(biller, "paperless", text))
    assert {"W302", "W303", "W304", "W351"} <= set(done.approved.codes)


async def test_a_check_that_dies_leaves_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    biller = await world.biller()
    await world.crm.customer(biller, "A1")
    import_id = await world.define(biller, "paperless", "\n".join(LINES) + "\n")

    async def dies(*_: object, **__: object) -> None:
        raise ConnectionResetError

    monkeypatch.setattr(paperless, "decide", dies)
    with pytest.raises(ConnectionResetError):
        await run_check(world.database, import_id, world.tools)
    state = await world.state(import_id)
    assert (state["state"], state["attempts"]) == ("pending", 0)
    assert not await world.findings(import_id)
    monkeypatch.undo()
    assert (await world.run(import_id)).approved.planned.applied == 1


async def test_two_workers_never_run_one_check(world: World) -> None:
    biller = await world.biller()
    import_id = await world.define(biller, "paperless", "\n".join(LINES) + "\n")
    async with world.database.transaction() as connection:
        assert await checks.claim(connection, import_id)
        assert (await world.run(import_id)).result is None
    assert (await world.run(import_id)).result is not None


async def test_two_files_of_a_biller_are_never_checked_at_the_same_time(world: World) -> None:
    biller, other = await world.biller(), await world.biller()
    first, second, elsewhere = [
        await world.define(whose, "paperless", f"Account,Email\nA1,{name}@example.com\n")
        for whose, name in ((biller, "a"), (biller, "b"), (other, "a"))
    ]
    async with world.database.transaction() as connection:
        assert await checks.claim(connection, first)
        assert (await world.run(second)).result is None
        assert (await world.run(elsewhere)).result is not None
    assert (await world.run(second)).result is not None


async def test_the_worker_gives_up_after_three_tries(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    biller = await world.biller()
    import_id = await world.define(biller, "paperless", "\n".join(LINES) + "\n")
    worker = CheckWorker(world.database, world.tools)

    async def fails(*_: object, **__: object) -> None:
        raise ArithmeticError

    monkeypatch.setattr(check_module, "stage", fails)
    for _ in range(3):
        await world.rested(import_id)
        assert await worker.step()
    assert (await world.state(import_id))["state"] == "rejected"
    assert await world.findings(import_id) == {"F099": 1}


async def test_trouble_that_passes_is_waited_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    biller = await world.biller()
    import_id = await world.define(biller, "paperless", "\n".join(LINES) + "\n")
    worker = CheckWorker(world.database, world.tools)

    async def fails(*_: object, **__: object) -> None:
        raise SecureUploadUnavailable

    monkeypatch.setattr(check_module, "stage", fails)
    assert await worker.step()
    state = await world.state(import_id)
    assert (state["state"], state["attempts"]) == ("pending", 0)
    assert state["not_before"] > state["requested_at"]
    await world.rested(import_id)
    monkeypatch.undo()
    assert await worker.step()
    assert (await world.state(import_id))["state"] == "approved"


async def test_a_biller_is_free_when_the_last_chunk_of_a_cancelled_import_has_ended(world: World) -> None:
    biller = await world.biller()
    await world.crm.customer(biller, "A1")
    first = await world.check(biller, "paperless", LINES)
    waiting = await world.define(biller, "paperless", "Account,Email\nA1,b@example.com\n")
    await world.admin.execute(
        """INSERT INTO execution.job (import_id, biller_id, kind, state)
           VALUES ($1, $2, 'paperless', 'cancelled')""",
        first.id,
        biller.id,
    )
    async with world.database.transaction() as connection:
        await checks.cancel(connection, first.id)
    assert (await world.state(first.id))["state"] == "approved"
    assert (await world.run(waiting)).result is None
    await world.admin.execute("UPDATE execution.job SET finished_at = now() WHERE import_id = $1", first.id)
    assert await CheckWorker(world.database, world.tools).step()
    assert (await world.state(first.id))["state"] == "cancelled"


async def test_a_cancelled_check_ends(world: World) -> None:
    biller = await world.biller()
    await world.crm.customer(biller, "A1")
    import_id = await world.define(biller, "paperless", "\n".join(LINES) + "\n")
    async with world.database.transaction() as running:
        assert await checks.claim(running, import_id)
        async with world.database.transaction() as connection:
            await checks.cancel(connection, import_id)
        assert (await world.state(import_id))["state"] == "pending"
    assert (await world.run(import_id)).result is None
    assert await CheckWorker(world.database, world.tools).step()
    assert (await world.state(import_id))["state"] == "cancelled"
    assert not await CheckWorker(world.database, world.tools).step()


async def test_a_cancellation_may_come_before_the_definition(world: World) -> None:
    import_id = uuid4()
    async with world.database.transaction() as connection:
        await checks.cancel(connection, import_id)
        await checks.cancel(connection, import_id)
    assert (
        await world.admin.fetchval("SELECT count(*) FROM validation.cancellation WHERE import_id = $1", import_id) == 1
    )


async def test_the_service_cannot_write_the_crm(world: World) -> None:
    async with world.database.connection() as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("UPDATE crm.customer SET name = 'x'")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("SELECT account_enc FROM crm.payment_method")
