"""What mapping does with what it hears. Each runs in the transaction that records the event.

Of an event about an import only its id is used: what became of the import stands in the tables of who said it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson
from pydantic import ValidationError

from services.mapping.repository import imports
from services.mapping.usecases import deciding
from services.mapping.usecases.accepting import Refused, Request, accept
from shared.auth import AuthenticationFailed, TokenVerifier
from shared.contracts.events import (
    ImportApproved,
    ImportFinished,
    ImportHeld,
    ImportRejected,
    ImportRequestAnswered,
    ImportRequested,
    RequestProblem,
)
from shared.logging import get_logger
from shared.messaging import (
    REFUSED,
    AnySubscription,
    Delivery,
    DeliverySubscription,
    Subscription,
    keep_dead_letter,
    publish,
)
from shared.postgres import Connection
from shared.today import us_today

_NAMED_ID: Final = re.compile(rb'"request_id" {0,9}: {0,9}"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"')
_MOST_PROBLEMS: Final = 50
_LONGEST_PLACE: Final = 200

log = get_logger()


async def on_import_rejected(connection: Connection, event: ImportRejected) -> None:
    await imports.follow_check(connection, event.import_id)


async def on_import_held(connection: Connection, event: ImportHeld) -> None:
    await imports.follow_check(connection, event.import_id)
    await deciding.tell_if_asked(connection, event.import_id)


async def on_import_approved(connection: Connection, event: ImportApproved) -> None:
    await imports.follow_check(connection, event.import_id)


async def on_import_finished(connection: Connection, event: ImportFinished) -> None:
    """The executors' records have the last word: an import that ended before its cancellation was not cancelled."""
    await imports.follow_job(connection, event.import_id)


@dataclass(frozen=True, slots=True)
class RequestHandlers:
    """Requests of CRM frontends: taken as over HTTP, or answered with everything that is wrong and kept."""

    verifier: TokenVerifier

    async def on_import_requested(self, connection: Connection, event: ImportRequested, delivery: Delivery) -> None:
        """Take the request in the name of the person whose token came with it."""
        try:
            person = await self.verifier.verify_header(delivery.headers.get("authorization"))
        except AuthenticationFailed as failed:
            await _refuse(connection, delivery, event.request_id, None, [_unauthenticated(failed)])
            return
        # Who sends a letter again has not seen what it asks for, and who wrote it may have had no right to it.
        definition = event.definition.asking() if delivery.by_hand else event.definition
        request = Request(person, event.request_id, definition)
        result = await accept(connection, request, us_today())
        if isinstance(result, Refused):
            await _refuse(connection, delivery, event.request_id, person.subject, result.problems)
            return
        log.info("import_requested", import_id=result, request_id=event.request_id)
        await publish(connection, ImportRequestAnswered(request_id=event.request_id, import_id=result))

    async def on_undecodable(self, connection: Connection, delivery: Delivery) -> None:
        """Answer a message that is no request; the wrapper has kept it already."""
        await _answer(connection, _request_id(delivery.body), None, _decoding_problems(delivery.body))

    async def on_failed(self, connection: Connection, delivery: Delivery) -> None:
        """Answer a request that could not be handled; the wrapper has kept it, and it can be sent again by hand."""
        problem = RequestProblem(
            code="internal",
            place="request",
            message="Something went wrong on our side",
            remedy="Nothing was imported. Ask an administrator to handle the message again",
        )
        await _answer(connection, _request_id(delivery.body), None, [problem])


def subscriptions(requests: RequestHandlers) -> list[AnySubscription]:
    return [
        DeliverySubscription(
            ImportRequested, requests.on_import_requested, requests.on_undecodable, requests.on_failed
        ),
        Subscription(ImportRejected, on_import_rejected),
        Subscription(ImportHeld, on_import_held),
        Subscription(ImportApproved, on_import_approved),
        Subscription(ImportFinished, on_import_finished),
    ]


async def _refuse(
    connection: Connection,
    delivery: Delivery,
    request_id: UUID,
    subject: str | None,
    problems: Sequence[RequestProblem],
) -> None:
    codes = sorted({problem.code for problem in problems})
    await keep_dead_letter(connection, delivery, REFUSED, ", ".join(codes))
    await _answer(connection, request_id, subject, problems)


async def _answer(
    connection: Connection, request_id: UUID | None, subject: str | None, problems: Sequence[RequestProblem]
) -> None:
    """Say what is wrong, but not under the id of a request that was accepted from somebody else: it would be believed.

    ``subject`` is who asks, None where nobody knows.
    """
    accepted_from = None if request_id is None else await imports.requester_of(connection, request_id)
    told = request_id if accepted_from in {None, subject} else None
    await publish(connection, ImportRequestAnswered(request_id=told, problems=tuple(problems)))


def _unauthenticated(failed: AuthenticationFailed) -> RequestProblem:
    remedy = "Send the request again with a valid token"
    return RequestProblem(code="unauthenticated", place="header authorization", message=failed.reason, remedy=remedy)


def _decoding_problems(body: bytes) -> list[RequestProblem]:
    """Where the body is not as the contract says; never what stands there."""
    try:
        ImportRequested.from_bytes(body)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False, include_context=False)
        return [_invalid(item["loc"], item["type"]) for item in found[:_MOST_PROBLEMS]]
    return [_invalid((), "unreadable")]


def _invalid(location: Sequence[int | str], kind: str) -> RequestProblem:
    return RequestProblem(
        code="invalid",
        place=".".join(map(str, location))[:_LONGEST_PLACE] or "body",
        message=f"The request does not match its contract: {kind.replace('_', ' ')}",
        remedy="Correct it as docs/asyncapi.json describes",
    )


def _request_id(body: bytes) -> UUID | None:
    """The id of a request that is damaged elsewhere, so that whoever waits for the answer finds it."""
    try:
        content: Any = orjson.loads(body)
        return UUID(content["request_id"])
    except (ValueError, TypeError, KeyError, AttributeError):
        found = _NAMED_ID.search(body)
        return UUID(found[1].decode()) if found else None
