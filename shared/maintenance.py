"""The routes by which those who look after the system mend what is stuck; the same in every service."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, FastAPI, Request

from shared.auth import Person
from shared.bearer import SignedIn, signed_in
from shared.dead_letter_routes import dead_letter_router
from shared.documentation import documentation_router
from shared.messaging import DeadLetters
from shared.openapi import moved
from shared.postgres import Database
from shared.rights import require_operator


@dataclass(frozen=True, slots=True)
class Maintenance:
    """What the routes work with; whoever starts the service puts it on `app.state.maintenance`."""

    database: Database
    dead_letters: DeadLetters


def add_maintenance_routes(app: FastAPI, service: str) -> None:
    """Dead letters stand under the name of the service: all services may be behind one address.

    Earlier releases had them under an address that was the same in each; it goes on answering.
    """
    router = dead_letter_router(_dead_letters, _require_maintenance_right)
    former, now = "/api/v1/dead-letters", f"/api/v1/{service}/dead-letters"
    app.include_router(router, prefix=now, generate_unique_id_function=lambda route: f"{route.name}_of_{service}")
    app.include_router(router, prefix=former, deprecated=True, dependencies=[Depends(moved(former, now))])
    app.include_router(documentation_router(signed_in))


def _maintenance(request: Request) -> Maintenance:
    return cast("Maintenance", request.app.state.maintenance)


def _dead_letters(maintenance: Annotated[Maintenance, Depends(_maintenance)]) -> DeadLetters:
    return maintenance.dead_letters


async def _require_maintenance_right(
    maintenance: Annotated[Maintenance, Depends(_maintenance)], person: SignedIn
) -> Person:
    """Dead letters are of any biller."""
    async with maintenance.database.connection() as connection:
        await require_operator(connection, person.subject)
    return person
