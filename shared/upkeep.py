"""The routes by which those who look after the system mend what is stuck; the same in every service."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, FastAPI, Request

from shared.bearer import SignedIn, signed_in
from shared.dead_letter_routes import dead_letter_router
from shared.documentation import documentation_router
from shared.errors import Forbidden
from shared.messaging import DeadLetters
from shared.postgres import Database
from shared.rights import works_everywhere


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What the routes work with; whoever starts the service puts it on `app.state.upkeep`."""

    database: Database
    dead_letters: DeadLetters


def add_upkeep_routes(app: FastAPI) -> None:
    """Put `dead-letters` and the documentation on the app."""
    app.include_router(dead_letter_router(_dead_letters, _require_upkeep_right))
    app.include_router(documentation_router(signed_in))


def _upkeep(request: Request) -> Upkeep:
    return cast("Upkeep", request.app.state.upkeep)


def _dead_letters(upkeep: Annotated[Upkeep, Depends(_upkeep)]) -> DeadLetters:
    return upkeep.dead_letters


async def _require_upkeep_right(upkeep: Annotated[Upkeep, Depends(_upkeep)], person: SignedIn) -> None:
    """Dead letters are of any biller, so they are for those who may import everything everywhere."""
    async with upkeep.database.connection() as connection:
        if not await works_everywhere(connection, person.subject):
            raise Forbidden(
                "F011",
                "Only people who may run every kind of import for every biller can do this",
                "permission",
                "Ask an administrator",
            )
