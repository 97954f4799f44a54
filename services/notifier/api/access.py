"""Who asks, and what this person may see."""

from dataclasses import dataclass, field
from typing import Annotated, cast
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from services.notifier.api.streams import Streams
from services.notifier.domain import Overview
from services.notifier.live import Changes
from services.notifier.log_file import ResultLog
from services.notifier.repository import status
from services.notifier.repository.queue import with_place
from shared.auth import Person, TokenVerifier, require_person
from shared.http import Problem
from shared.postgres import Connection, Database
from shared.rights import allows, right_of


@dataclass(frozen=True, slots=True)
class Context:
    """What the routes work with."""

    database: Database
    verifier: TokenVerifier
    changes: Changes
    log: ResultLog
    heartbeat_seconds: float
    stream_seconds: float
    streams: Streams = field(default_factory=Streams)


def context_of(request: Request) -> Context:
    """The context that the composition root has put on the app."""
    return cast("Context", request.app.state.context)


Services = Annotated[Context, Depends(context_of)]
_bearer = HTTPBearer(auto_error=False, description="the person's signed token")


async def _signed_in(
    services: Services, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Person:
    return await require_person(services.verifier)(credentials)


SignedIn = Annotated[Person, Depends(_signed_in)]


async def visible_import(connection: Connection, person: Person, import_id: UUID) -> Overview:
    """The import; one that this person has no right for is answered like one that does not exist."""
    overview = await status.find_import(connection, import_id)
    if overview is not None:
        right = await right_of(connection, person.subject, overview.biller_id)
        if allows(right, overview.kind):
            [placed] = await with_place(connection, person.subject, [overview])
            return placed
    raise Problem(
        404,
        "import_not_found",
        "There is no such import, or you have no right to see it",
        "import id",
        "Check the id, or ask an administrator for the right at the biller",
    )
