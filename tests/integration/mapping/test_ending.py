from typing import Any
from uuid import UUID

import pytest

from services.mapping import handlers
from shared.contracts.events import (
    Counts,
    FinalState,
    ImportApproved,
    ImportFinished,
    ImportHeld,
    ImportRejected,
)
from tests.integration.mapping.deciding import STOP, cancel, confirm, decisions, few_found
from tests.integration.mapping.world import World
from tests.support.crm import Biller


async def test_stop_ends_the_import(world: World, biller: Biller) -> None:
    import_id = await few_found(world, biller, 9)
    response = await confirm(world, import_id, C201=STOP)
    assert response.json()["state"] == "cancelled"
    assert await world.said_names(import_id) == ["ImportDefined", "ImportCancelled"]
    job = await world.admin.fetchrow("SELECT state, reason FROM execution.job WHERE import_id = $1", import_id)
    assert job is not None
    assert tuple(job) == ("cancelled", "stopped")
    assert (await decisions(world, import_id))["C201"]["choice"] == "stop"


async def test_a_cancelled_import_stays_cancelled(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller)
    response = await cancel(world, import_id)
    assert response.status_code == 200
    assert response.json()["state"] == "cancelled"
    assert "no more rows are applied" in response.json()["promise"]
    assert await world.said_names(import_id) == ["ImportDefined", "ImportCancelled"]
    again = await cancel(world, import_id)
    assert (again.status_code, again.json()["code"], again.json()["place"]) == (
        409,
        "import_has_ended",
        "state: cancelled",
    )
    await world.checked(import_id)
    assert (await confirm(world, import_id)).status_code == 409
    job = await world.admin.fetchval("SELECT state FROM execution.job WHERE import_id = $1", import_id)
    assert job == "cancelled"


async def running_job(world: World, import_id: UUID, biller: Biller) -> None:
    await world.admin.execute(
        "INSERT INTO execution.job (import_id, biller_id, kind, state) VALUES ($1, $2, 'paperless', 'running')",
        import_id,
        biller.id,
    )
    await world.admin.execute("INSERT INTO execution.chunk (import_id, chunk_no) VALUES ($1, 0)", import_id)


async def test_a_cancel_is_recorded_first_and_final_when_the_chunks_in_hand_have_ended(
    world: World, biller: Biller
) -> None:
    import_id = await world.imported(biller)
    await running_job(world, import_id, biller)
    chunk = world.admin.transaction()
    await chunk.start()
    await world.admin.execute("SELECT FROM execution.chunk WHERE import_id = $1 FOR UPDATE", import_id)
    answer = await cancel(world, import_id)
    assert (answer.status_code, answer.json()["state"]) == (202, "cancelling")
    assert (await cancel(world, import_id)).json() == answer.json()
    await chunk.rollback()
    assert await world.said_names(import_id) == ["ImportDefined", "ImportCancelled"]
    shown = await world.signed_in("ivy").get(f"/imports/{import_id}")
    assert shown.json()["state"] == "cancelling"
    assert (await confirm(world, import_id)).status_code == 409
    await world.admin.execute("UPDATE execution.job SET finished_at = now() WHERE import_id = $1", import_id)
    shown = await world.signed_in("ivy").get(f"/imports/{import_id}")
    assert shown.json()["state"] == "cancelled"
    assert (await cancel(world, import_id)).status_code == 409


async def test_an_operator_resumes_what_waits(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller)
    await running_job(world, import_id, biller)
    await world.admin.execute(
        "UPDATE execution.job SET waiting_since = now(), waiting_reason = '42501' WHERE import_id = $1", import_id
    )
    await world.admin.execute("UPDATE execution.chunk SET not_before = 'infinity' WHERE import_id = $1", import_id)
    ivy, resume = world.signed_in("ivy"), f"/imports/{import_id}/resume"
    assert (await ivy.post(resume)).status_code == 403
    await world.admin.execute("INSERT INTO crm.operator_right (subject, permission) VALUES ('ivy', 'all')")
    try:
        assert (await ivy.post(resume)).status_code == 200
        again = await ivy.post(resume)
        assert (again.status_code, again.json()["code"]) == (409, "import_not_waiting")
    finally:
        await world.admin.execute("DELETE FROM crm.operator_right WHERE subject = 'ivy' AND biller_id IS NULL")
    waiting = await world.admin.fetchval(
        """SELECT j.waiting_since IS NOT NULL OR c.not_before > now()
           FROM execution.job j JOIN execution.chunk c USING (import_id) WHERE import_id = $1""",
        import_id,
    )
    assert waiting is False
    assert await world.said_names(import_id) == ["ImportDefined", "ImportResumed"]


@pytest.mark.parametrize("state", ["finished", "failed"])
async def test_what_the_executors_have_ended_cannot_be_cancelled(world: World, biller: Biller, state: str) -> None:
    import_id = await world.imported(biller)
    await world.admin.execute(
        "INSERT INTO execution.job (import_id, biller_id, state) VALUES ($1, $2, $3)", import_id, biller.id, state
    )
    response = await cancel(world, import_id)
    assert (response.status_code, response.json()["code"]) == (409, "import_has_ended")
    assert await world.said_names(import_id) == ["ImportDefined"]
    assert await world.state(import_id) == "checking"


async def test_a_rejected_import_cannot_be_cancelled_even_before_mapping_heard_of_it(
    world: World, biller: Biller
) -> None:
    import_id = await world.imported(biller)
    await world.checked(import_id, state="rejected")
    response = await cancel(world, import_id)
    assert (response.status_code, response.json()["place"]) == (409, "state: rejected")


async def test_the_state_follows_the_tables_whatever_the_events_say(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller)
    about: dict[str, Any] = {"import_id": import_id, "biller_id": biller.id, "codes": {}}
    held = [ImportHeld(**about, check_no=number, undecided=(), planned=Counts()) for number in (1, 2)]
    approved = ImportApproved(**about, check_no=3, planned=Counts(), chunks=1)
    late = ImportRejected(**about, check_no=9)
    finished = ImportFinished(
        **about, state=FinalState.FAILED, counts=Counts(), started_at=None, finished_at=late.occurred_at
    )

    async def hear(handler: Any, event: Any) -> str:
        async with world.database.transaction() as connection:
            await handler(connection, event)
        return await world.state(import_id)

    assert await hear(handlers.on_import_held, held[1]) == "checking"
    await world.checked(import_id, check_no=2)
    assert await hear(handlers.on_import_held, held[1]) == "held"
    assert await hear(handlers.on_import_rejected, late) == "held"
    assert await hear(handlers.on_import_finished, finished) == "held"
    assert (await confirm(world, import_id, check_no=2)).status_code == 200
    assert await hear(handlers.on_import_held, held[1]) == "confirmed"
    assert await hear(handlers.on_import_approved, approved) == "confirmed"
    await world.checked(import_id, check_no=3, state="approved")
    assert await hear(handlers.on_import_approved, approved) == "approved"
    assert await hear(handlers.on_import_held, held[0]) == "approved"
    await world.ran(import_id, failed=1)
    assert await hear(handlers.on_import_finished, finished) == "completed_with_errors"
    await world.checked(import_id, check_no=4, state="approved")
    assert await hear(handlers.on_import_approved, approved) == "completed_with_errors"
    assert (await cancel(world, import_id)).json()["place"] == "state: completed_with_errors"


async def test_a_rejection_is_heard(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller)
    await world.checked(import_id, state="rejected")
    async with world.database.transaction() as connection:
        event = ImportRejected(import_id=import_id, biller_id=biller.id, check_no=1, codes={"F008": 1})
        await handlers.on_import_rejected(connection, event)
    assert await world.state(import_id) == "rejected"
    assert (await cancel(world, import_id)).status_code == 409
