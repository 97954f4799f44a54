"""The routes of dead letters, the same in every service: look, handle again, discard."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query
from pydantic import BaseModel, Field, StringConstraints

from shared.auth import Person
from shared.contracts.contract import Id
from shared.free_text import refuse_secrets
from shared.http import Problem
from shared.messaging.dead_letters import DeadLetter, DeadLetters, LetterState, Resent
from shared.messaging.decision import UndecodableError

_REFUSED: dict[int | str, dict[str, Any]] = {403: {"description": "only for people who may operate the system"}}
_NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"description": "there is no such dead letter"}}
_NOT_OPEN: dict[int | str, dict[str, Any]] = {
    **_NOT_FOUND,
    409: {"description": "it was already handled or discarded"},
}

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\x00]*$")]


class DeadLetterPage(BaseModel):
    """A page of dead letters, newest first."""

    items: list[DeadLetter]
    next: int | None = Field(description="`before` of the next page; null on the last page")


class DeadLetterDetail(BaseModel):
    """A dead letter with what its message says of itself, but none of its values."""

    letter: DeadLetter
    event: str | None = Field(description="the type of event that its topic carries; null if no longer in use")
    import_id: UUID | None = Field(description="null if the message can't be read or is of no import")
    size: int = Field(description="bytes of the message")
    headers: Mapping[str, str] = Field(description="values of well-known headers; of others only the names")


class Discard(BaseModel):
    """Why nobody needs the message."""

    reason: Reason


def dead_letter_router(letters: Callable[..., DeadLetters], authorise: Callable[..., Any]) -> APIRouter:
    """The routes; ``letters`` and ``authorise`` are dependencies; the second gives the person, or raises."""
    router = APIRouter(tags=["dead letters"], dependencies=[Depends(authorise)], responses=_REFUSED)
    kept_letters = Depends(letters)

    @router.get("")
    async def list_dead_letters(
        kept: Annotated[DeadLetters, kept_letters],
        *,
        state: LetterState | None = None,
        topic: Annotated[str | None, Query(max_length=249)] = None,
        before: Annotated[Id | None, Query(description="`next` of the previous page")] = None,
        limit: Annotated[int, Query(ge=1, le=500, description="maximum number of results")] = 200,
    ) -> DeadLetterPage:
        """Messages that could not be handled, without their contents, newest first."""
        found = await kept.list(state=state, topic=topic, before=before, limit=limit + 1)
        page = found[:limit]
        return DeadLetterPage(items=page, next=page[-1].id if len(found) > limit else None)

    @router.get("/{letter_id}", responses=_NOT_FOUND)
    async def show_dead_letter(letter_id: Id, kept: Annotated[DeadLetters, kept_letters]) -> DeadLetterDetail:
        """One with the type of its event, its IDs and its headers."""
        found = await kept.find(letter_id)
        if found is None:
            raise _not_found()
        return DeadLetterDetail(
            letter=found.letter,
            event=found.event,
            import_id=found.import_id,
            size=found.size,
            headers=found.headers,
        )

    @router.post("/{letter_id}/send", responses=_NOT_OPEN)
    async def send_dead_letter(
        letter_id: Id,
        kept: Annotated[DeadLetters, kept_letters],
        person: Annotated[Person, Depends(authorise)],
        authorization: Annotated[str, Header()] = "",
    ) -> dict[str, Resent]:
        """Handle one again, with your permissions."""
        try:
            return {"outcome": _told(await kept.send_again(letter_id, person.subject, authorization))}
        except UndecodableError as error:
            raise _undecodable(error, letter_id) from None

    @router.post("/{letter_id}/discard", responses=_NOT_OPEN)
    async def discard_dead_letter(
        letter_id: Id,
        discard: Discard,
        kept: Annotated[DeadLetters, kept_letters],
        person: Annotated[Person, Depends(authorise)],
    ) -> dict[str, Resent]:
        """Discard one that nobody needs. Who discarded it, when and why is kept with it."""
        refuse_secrets("reason", discard.reason)
        return {"outcome": _told(await kept.discard(letter_id, person.subject, discard.reason))}

    return router


def _told(outcome: Resent) -> Resent:
    match outcome:
        case Resent.UNKNOWN:
            raise _not_found()
        case Resent.NOT_OPEN:
            raise Problem(409, "already_handled", "The message was already handled or discarded", "dead letter")
        case Resent.KEPT_AGAIN:
            raise Problem(
                422, "refused_again", "The message was refused again", "dead letter", "See its detail in the list"
            )
        case Resent.HANDLED | Resent.DUPLICATE | Resent.DISCARDED:
            return outcome


def _not_found() -> Problem:
    return Problem(404, "not_found", "No such message", "dead letter", "Reload the list")


def _undecodable(error: UndecodableError, letter_id: int) -> Problem:
    return Problem(422, "undecodable", error.detail, f"dead letter {letter_id}", "Ask its sender to send it again")
