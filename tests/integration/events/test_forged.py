"""An event causes a look-up, nothing else: whoever writes to a topic, nothing changes that the tables do not say."""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from shared.contracts.event import Event, ImportEvent
from shared.contracts.events import (
    EVENTS,
    CheckProgressed,
    ChunkApplied,
    Counts,
    FinalState,
    ImportApproved,
    ImportDefined,
    ImportFinished,
    ImportHeld,
    ImportRejected,
    ImportRequested,
    ImportWaiting,
)
from shared.contracts.kinds import ImportKind
from tests.integration.events.world import Imported, World, life

_MANY: Final = 999_999
_CHECKS: Final = (1, 2, 3, 9)
_HEARD: Final = [event for event in EVENTS if set(event.topic.consumers) - {"crm"}]
_LIES: Final = Counts(applied=_MANY)
_DEFINITION: Final[dict[str, Any]] = {
    "biller_id": 1,
    "kind": "paperless",
    "file": {"id": str(uuid4()), "sha256": "0" * 64, "size": 1},
    "invoice_types": ["WATER"],
    "columns": {"email": "Email"},
    "account_number": [{"column": "Account"}],
    "options": {"attestation": "They agreed."},
}

Forger = Callable[[dict[str, Any]], Sequence[Event]]


def _requested(about: dict[str, Any]) -> Sequence[Event]:
    ids = {"request_id": about["import_id"]} | ({"event_id": about["event_id"]} if "event_id" in about else {})
    return [ImportRequested.model_validate({**ids, "definition": _DEFINITION | {"biller_id": about["biller_id"]}})]


def _finished(about: dict[str, Any]) -> Sequence[Event]:
    now = datetime.now(UTC)
    said: dict[str, Any] = {"counts": _LIES, "codes": {"F099": 1}, "started_at": now, "finished_at": now}
    return [ImportFinished(**about, **said, state=state) for state in FinalState]


# What somebody might write to each topic. An event of ids alone needs no line of its own.
_FORGERS: Final[dict[type[Event], Forger]] = {
    ImportRequested: _requested,
    ImportDefined: lambda about: [ImportDefined(**about, kind=kind) for kind in ImportKind],
    CheckProgressed: lambda about: [
        CheckProgressed(**about, check_no=number, bytes_read=_MANY, bytes_total=_MANY, rows_read=_MANY)
        for number in _CHECKS
    ],
    ImportRejected: lambda about: [ImportRejected(**about, check_no=number, codes={"F008": 1}) for number in _CHECKS],
    ImportHeld: lambda about: [
        ImportHeld(**about, check_no=number, codes={"C223": 1}, undecided=("C223",), planned=_LIES)
        for number in _CHECKS
    ],
    ImportApproved: lambda about: [
        ImportApproved(**about, check_no=number, codes={}, planned=_LIES, chunks=7) for number in _CHECKS
    ],
    ChunkApplied: lambda about: [ChunkApplied(**about, chunk_no=number, counts=_LIES) for number in (0, 1, 9)],
    ImportWaiting: lambda about: [ImportWaiting(**about, reason=reason) for reason in ("42501", "KeyError")],
    ImportFinished: _finished,
}


def _of_ids_alone(event: type[Event], about: dict[str, Any]) -> Sequence[Event]:
    own = event.model_fields.keys() - ImportEvent.model_fields.keys()
    assert own <= {"check_no"}, f"{event.__name__} is heard by services: say in _FORGERS how it would be forged"
    return [event(**about, check_no=number) for number in _CHECKS] if own else [event(**about)]


def forged(event: type[Event], import_id: UUID, biller_id: int) -> Sequence[Event]:
    about = {"import_id": import_id, "biller_id": biller_id}
    forger = _FORGERS.get(event)
    return [replaced(one) for one in (forger(about) if forger else _of_ids_alone(event, about))]


def replaced(event: Event) -> Event:
    return event.model_copy(update={"event_id": uuid4()})


@pytest.mark.parametrize("event", _HEARD, ids=lambda event: event.__name__)
async def test_a_forged_event_changes_nothing(world: World, imports: dict[str, Imported], event: type[Event]) -> None:
    other = await world.biller()
    before = await world.tables()
    for state, imported in imports.items():
        for claimed in (imported.biller_id, other.id):
            for message in forged(event, imported.import_id, claimed):
                await world.hear(message, key=str(other.id).encode())
        assert await world.tables() == before, state


async def test_true_events_from_days_ago_in_any_order_change_nothing(
    world: World, imports: dict[str, Imported]
) -> None:
    before = await world.tables()
    await world.forget_what_was_heard()
    for state, imported in imports.items():
        again = [*imported.said, *(replaced(event) for event in imported.said)] * 2
        random.Random(state).shuffle(again)
        for event in again:
            await world.hear(event)
        assert await world.tables() == before, state


@pytest.mark.parametrize("state", ["finished", "resumed", "rejected", "cancelled while held", "cancelled and settled"])
async def test_an_import_goes_its_way_between_forged_events(world: World, state: str) -> None:
    undisturbed = await world.imported(await world.biller(), state)
    biller = await world.biller()
    imported = await world.defined(biller)
    for step in life(imported.import_id, biller.id)[state]:
        await world.goes_on(imported, step)
        for event in _HEARD:
            for message in forged(event, imported.import_id, biller.id):
                await world.hear(message)
    assert await world.view(imported) == await world.view(undisturbed)


async def test_an_event_of_an_import_that_nobody_defined_leaves_nothing(world: World) -> None:
    biller = await world.biller()
    before = await world.tables()
    for event in _HEARD:
        for message in forged(event, uuid4(), biller.id):
            await world.hear(message)
    assert await world.tables() == before


async def test_an_event_heard_late_shows_how_far_the_tables_are(world: World) -> None:
    biller = await world.biller()
    imported, told = await world.defined(biller), await world.imported(biller, "finished")
    said = life(imported.import_id, biller.id)["finished"]
    for event in said:
        await world.happens(event)
    await world.hear(said[0])
    seen, expected = await world.view(imported), await world.view(told)
    assert (seen["state"], seen["applied"], seen["mails"]) == (expected["state"], expected["applied"], 1)
