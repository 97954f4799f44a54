"""Server-sent events: the state of one import, or of all a person may see, whenever it changes."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from math import inf
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Header, Request
from pydantic import Field
from sse_starlette import EventSourceResponse, ServerSentEvent

from services.notifier import domain
from services.notifier.api.dependencies import Services
from services.notifier.context import Context
from services.notifier.live import Watch
from services.notifier.records import Search
from services.notifier.usecases.queries import find_imports, overview_of
from services.notifier.views import ImportState
from shared.auth import Person
from shared.bearer import SignedIn
from shared.contracts.contract import Text
from shared.errors import NotFound, error_types
from shared.logging import get_logger
from shared.openapi import ProblemBody
from shared.postgres import is_transient
from shared.web.bridge import STILL_OPEN

log = get_logger()
_TOO_MANY = {"model": ProblemBody, "description": "you have the maximum number of streams open"}
router = APIRouter(tags=["events"], responses={401: {"model": ProblemBody}, 429: _TOO_MANY})

_SHORTEST_INTERVAL: Final = 0.1  # many chunks a second are one message
_LOOK_AGAIN_SECONDS: Final = 15.0  # also without a notification: a right may be gone
# Revisions are taken before the commit, so a lower one may become visible after a higher one.
_OVERLAP: Final = 100
_NOTHING: Final = 2**62
_MOST_IMPORTS: Final = 500

LastEventId = Annotated[Annotated[Text, Field(max_length=18)] | None, Header(alias="Last-Event-ID")]


@dataclass(frozen=True, slots=True)
class _Stream:
    """One open answer: it ends with the session of the pages that asked for it."""

    request: Request
    services: Context
    person: Person

    @property
    def seconds(self) -> float:
        """How long it may last: no longer than the token it was asked for with."""
        left = inf if self.person.expires_at is None else self.person.expires_at - time.time()
        return min(self.services.stream_seconds, left)

    async def is_signed_in(self) -> bool:
        still_open: Callable[[], Awaitable[bool]] | None = getattr(self.request.state, STILL_OPEN, None)
        return still_open is None or await still_open()


def _revision(last_event_id: str | None) -> int | None:
    return int(last_event_id) if last_event_id and last_event_id.isascii() and last_event_id.isdigit() else None


@router.get("/imports/{import_id}/events", response_class=EventSourceResponse, responses={404: {"model": ProblemBody}})
async def follow_import(
    request: Request, services: Services, person: SignedIn, import_id: UUID, last_event_id: LastEventId = None
) -> EventSourceResponse:
    """The state now and after each change, as events named `import`: the data is the state, the id its revision."""
    await overview_of(services, person, import_id)
    stream = _Stream(request, services, person)
    return _answer(stream, _one(stream, person, import_id, _revision(last_event_id)))


@router.get("/events", response_class=EventSourceResponse)
async def follow_all(
    request: Request, services: Services, person: SignedIn, last_event_id: LastEventId = None
) -> EventSourceResponse:
    """The state of each import in progress that you may see, then of each import that changes."""
    stream = _Stream(request, services, person)
    return _answer(stream, _all(stream, person, _revision(last_event_id)))


def _answer(stream: _Stream, events: AsyncIterator[ServerSentEvent]) -> EventSourceResponse:
    services, person = stream.services, stream.person
    services.streams.require_room(person)
    counted = services.streams.counted(person, events)
    return EventSourceResponse(_ending_quietly(counted), ping=services.heartbeat_seconds, send_timeout=30)


async def _ending_quietly(stream: AsyncIterator[ServerSentEvent]) -> AsyncIterator[ServerSentEvent]:
    """Without the database the stream ends; the client comes again, as it does after any lost connection."""
    try:
        async for event in stream:
            yield event
    except Exception as error:
        if not is_transient(error):
            raise
        log.warning("event_stream_ended", error_types=error_types(error))


async def _one(stream: _Stream, person: Person, import_id: UUID, seen: int | None) -> AsyncIterator[ServerSentEvent]:
    services = stream.services
    with services.changes.watch() as watch:
        async for changed in _rounds(stream, watch):
            if changed is not None and changed and import_id not in changed:
                continue
            try:
                overview = await overview_of(services, person, import_id)
            except NotFound:
                return  # the right is gone
            if overview.revision != seen:
                seen = overview.revision
                yield _event(overview, seen)


async def _all(stream: _Stream, person: Person, seen: int | None) -> AsyncIterator[ServerSentEvent]:
    services = stream.services
    sent: dict[UUID, int] = {}
    last = seen or 0
    since = _NOTHING if seen is None else seen - _OVERLAP
    search: Search | None = Search(changed_since=since, or_state=domain.IN_PROGRESS, limit=_MOST_IMPORTS)
    with services.changes.watch() as watch:
        async for changed in _rounds(stream, watch):
            wanted, search = search or _what_changed(changed, last), None
            found = await find_imports(services, person, wanted)
            for overview in sorted(found, key=lambda one: one.revision):
                if sent.get(overview.import_id) == overview.revision:
                    continue
                sent[overview.import_id] = overview.revision
                last = max(last, overview.revision)
                yield _event(overview, last)


def _what_changed(changed: set[UUID] | None, last: int) -> Search:
    if changed:
        return Search(import_ids=sorted(changed), limit=_MOST_IMPORTS)
    return Search(changed_since=last - _OVERLAP, limit=_MOST_IMPORTS)


async def _rounds(stream: _Stream, watch: Watch) -> AsyncIterator[set[UUID] | None]:
    """At once, then after each change; None or nothing: look at everything. Ends so that the token is shown anew."""
    loop = asyncio.get_running_loop()
    end = loop.time() + stream.seconds
    watch.take()
    yield None
    while (left := end - loop.time()) > 0:
        await asyncio.sleep(min(_SHORTEST_INTERVAL, left))
        await watch.wait(min(_LOOK_AGAIN_SECONDS, left))
        if not await stream.is_signed_in():
            return
        yield watch.take()


def _event(overview: domain.Overview, event_id: int) -> ServerSentEvent:
    return ServerSentEvent(data=ImportState.of(overview).model_dump_json(), event="import", id=str(event_id))
