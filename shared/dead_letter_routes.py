"""`GET dead-letters` and `POST dead-letters/{id}/send`, the same in every service."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header

from shared.contracts.contract import Id
from shared.http import Problem
from shared.messaging.dead_letters import DeadLetter, DeadLetters, Resent
from shared.messaging.decision import UndecodableError

_REFUSED: dict[int | str, dict[str, Any]] = {403: {"description": "only for people who may operate the system"}}
_NOT_SENT: dict[int | str, dict[str, Any]] = {
    404: {"description": "there is no such dead letter"},
    409: {"description": "it was already handled"},
}


def dead_letter_router(letters: Callable[..., DeadLetters], authorise: Callable[..., object]) -> APIRouter:
    """The routes; ``letters`` and ``authorise`` are dependencies, and the second raises for whoever may not."""
    router = APIRouter(
        prefix="/api/v1/dead-letters", tags=["dead letters"], dependencies=[Depends(authorise)], responses=_REFUSED
    )

    @router.get("")
    async def list_dead_letters(kept: Annotated[DeadLetters, Depends(letters)]) -> dict[str, list[DeadLetter]]:
        """Messages that could not be handled, without their contents."""
        return {"items": await kept.list()}

    @router.post("/{letter_id}/send", responses=_NOT_SENT)
    async def send_dead_letter(
        letter_id: Id,
        kept: Annotated[DeadLetters, Depends(letters)],
        authorization: Annotated[str, Header()] = "",
    ) -> dict[str, Resent]:
        """Handle one again, with your permissions."""
        try:
            return {"outcome": _told(await kept.send_again(letter_id, authorization))}
        except UndecodableError as error:
            raise Problem(
                422, "undecodable", error.detail, f"dead letter {letter_id}", "Ask its sender to send it again"
            ) from None

    return router


def _told(outcome: Resent) -> Resent:
    match outcome:
        case Resent.UNKNOWN:
            raise Problem(404, "not_found", "No such message", "dead letter", "Reload the list")
        case Resent.NOT_OPEN:
            raise Problem(409, "already_handled", "The message was already handled", "dead letter")
        case Resent.KEPT_AGAIN:
            raise Problem(
                422, "refused_again", "The message was refused again", "dead letter", "See its detail in the list"
            )
        case Resent.HANDLED | Resent.DUPLICATE:
            return outcome
