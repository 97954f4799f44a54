"""The view comes to the same whatever the order in which events arrive, and however often."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.contracts.event import ImportEvent
from shared.contracts.events import (
    CheckProgressed,
    ChunkApplied,
    Counts,
    FinalState,
    ImportApproved,
    ImportCancelled,
    ImportConfirmed,
    ImportDefined,
    ImportFinished,
    ImportHeld,
    ImportRejected,
)
from shared.contracts.kinds import ImportKind
from tests.integration.notifier.world import NOON, Imported, World

HELD_COUNTS = Counts(applied=4, skipped=6)
PLANNED = Counts(applied=7, skipped=3)
FINAL = Counts(applied=6, no_change=1, skipped=3)
CHUNKS = (Counts(applied=3, skipped=1), Counts(applied=3, no_change=1), Counts(skipped=2))


def life(imported: Imported) -> list[ImportEvent]:
    """Held once, confirmed, approved, run, cancelled too late."""
    ids: dict[str, Any] = {"import_id": imported.import_id, "biller_id": imported.biller_id}
    moments = iter(NOON + timedelta(seconds=second) for second in range(100))
    events: list[ImportEvent] = [
        ImportDefined(**ids, kind=ImportKind.PAPERLESS),
        CheckProgressed(**ids, check_no=1, bytes_read=5, bytes_total=90, rows_read=1),
        CheckProgressed(**ids, check_no=1, bytes_read=90, bytes_total=90, rows_read=10),
        ImportHeld(**ids, check_no=1, codes={"C202": 6}, undecided=("C202",), planned=HELD_COUNTS),
        ImportConfirmed(**ids, check_no=1),
        CheckProgressed(**ids, check_no=2, bytes_read=60, bytes_total=90, rows_read=8),
        ImportApproved(**ids, check_no=2, codes={"C202": 3}, planned=PLANNED, chunks=3),
        *(ChunkApplied(**ids, chunk_no=number, counts=counts) for number, counts in enumerate(CHUNKS)),
        ImportCancelled(**ids),
        ImportFinished(
            **ids,
            state=FinalState.COMPLETED,
            counts=FINAL,
            codes={"C202": 3, "W333": 1},
            started_at=NOON + timedelta(seconds=1),
            finished_at=NOON + timedelta(seconds=99),
        ),
    ]
    return [event.model_copy(update={"occurred_at": next(moments)}) for event in events]


async def view_of(world: World, import_id: UUID) -> dict[str, Any]:
    record = await world.admin.fetchrow(
        "SELECT *, check_codes || result_codes AS codes FROM notification.import_view WHERE import_id = $1", import_id
    )
    assert record is not None
    return {key: value for key, value in record.items() if key not in ("import_id", "revision", "updated_at")}


async def view_after(world: World, biller: int, order: Sequence[int], length: int) -> dict[str, Any]:
    imported = await world.defined(biller)
    events = life(imported)[:length]
    await world.leave(*events)
    await world.hear(*(events[index] for index in order))
    return await view_of(world, imported.import_id)


@pytest.mark.parametrize("length", [5, 9, 12])
async def test_every_order_and_repetition_of_the_events_ends_in_the_same_view(world: World, length: int) -> None:
    biller = await world.biller()
    told = await view_after(world, biller, range(length), length)
    orders = st.permutations(range(length)).flatmap(
        lambda order: st.lists(st.sampled_from(order), max_size=3).map(lambda again: [*order, *again])
    )

    # Hypothesis drives the orders; the loop of the test runs what they ask for.
    collected: list[list[int]] = []

    @settings(max_examples=25, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(orders)
    def collect(order: list[int]) -> None:
        collected.append(order)

    collect()
    for order in collected:
        assert await view_after(world, biller, order, length) == told, order


async def test_the_view_of_a_whole_life(world: World) -> None:
    imported = await world.defined(await world.biller())
    events = life(imported)
    await world.publish(*events)
    view = await view_of(world, imported.import_id)
    assert view["state"] == "completed"
    assert (view["applied"], view["no_change"], view["skipped"], view["held"], view["failed"]) == (6, 1, 3, 0, 0)
    assert (view["check_no"], view["progress_check"], view["rows_read"], view["chunks"]) == (2, 2, 8, 3)
    assert view["started_at"] == NOON + timedelta(seconds=1)
    trail = await world.admin.fetch(
        "SELECT event FROM notification.trail WHERE import_id = $1 ORDER BY occurred_at", imported.import_id
    )
    assert [record["event"] for record in trail] == [type(event).__name__ for event in events]


async def test_late_chunks_do_not_undo_the_final_counts(world: World) -> None:
    imported = await world.defined(await world.biller())
    *_, chunk_a, chunk_b, chunk_c, _cancelled, finished = life(imported)
    await world.leave(chunk_a, chunk_b, chunk_c, finished)
    await world.hear(chunk_a, finished, chunk_b, chunk_c, chunk_b)
    view = await view_of(world, imported.import_id)
    assert (view["state"], view["applied"], view["chunks_done"]) == ("completed", 6, 3)


async def test_counts_grow_with_each_chunk_once(world: World) -> None:
    imported = await world.defined(await world.biller())
    *_, chunk_a, chunk_b, _chunk_c, _cancelled, _finished = life(imported)
    await world.publish(chunk_a, chunk_a, chunk_b, chunk_a)
    view = await view_of(world, imported.import_id)
    assert (view["state"], view["applied"], view["no_change"], view["skipped"]) == ("running", 6, 1, 1)


async def test_a_rejection_ends_an_import(world: World) -> None:
    imported = await world.defined(await world.biller())
    rejected = ImportRejected(
        import_id=imported.import_id, biller_id=imported.biller_id, check_no=1, codes={"F006": 2}, occurred_at=NOON
    )
    late = CheckProgressed(
        import_id=imported.import_id,
        biller_id=imported.biller_id,
        check_no=1,
        bytes_read=1,
        bytes_total=2,
        rows_read=1,
    )
    await world.publish(rejected, late)
    view = await view_of(world, imported.import_id)
    assert (view["state"], view["finished_at"], view["codes"]) == ("rejected", NOON, '{"F006": 2}')


async def test_an_event_of_an_import_that_nobody_defined_makes_none(world: World) -> None:
    forged = uuid4()
    await world.publish(ImportCancelled(import_id=forged, biller_id=1))
    assert await world.admin.fetchval("SELECT count(*) FROM notification.import_view WHERE import_id = $1", forged) == 0
    assert await world.admin.fetchval("SELECT count(*) FROM notification.trail WHERE import_id = $1", forged) == 0
