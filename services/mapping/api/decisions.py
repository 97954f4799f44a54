"""What a person decides about an import: confirm, approve as the second person, cancel."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Response

from services.mapping.api.bodies import ImportAccepted, RefusalBody
from services.mapping.api.decision_bodies import (
    Approval,
    CancelledBody,
    Confirmation,
    ContinuedBody,
    DecidedBody,
    ResumedBody,
    UndoRequest,
)
from services.mapping.api.dependencies import Services
from services.mapping.domain import State
from services.mapping.usecases import canaries, imports, undoing
from shared.bearer import SignedIn
from shared.openapi import ProblemBody

router = APIRouter(
    tags=["decisions"],
    responses={401: {"model": ProblemBody}, 404: {"model": ProblemBody}, 409: {"model": ProblemBody}},
)

RequestKey = Annotated[UUID, Header(description="a new UUID for each undo; the same one when trying again")]


@router.post("/imports/{import_id}/confirm", responses={422: {"model": RefusalBody}})
async def confirm_import(
    services: Services, person: SignedIn, import_id: UUID, confirmation: Confirmation
) -> DecidedBody:
    """Confirm the newest check of an import that needs a decision, with all decisions still open. It is checked again.

    `C201: continue` needs `typed_count`, the number of customers to create. If they are more than 5,000 or more than a
    fifth of the biller's customers, the import waits until a second person approves. `stop` cancels the import.
    Send what you have read as `answers_seen` and `log_recipients_seen`: if someone has changed it since, you get 409.
    """
    decided = await imports.confirm(
        services,
        person,
        import_id,
        confirmation.check_no,
        confirmation.decisions,
        confirmation.log_recipients,
        confirmation.shown(),
        confirmation.canary,
    )
    command = f"customer-import approve {import_id} {confirmation.check_no}"
    return DecidedBody(
        import_id=import_id,
        state=decided.state,
        second_person_needed=decided.second_person_needed,
        next_step=f"A second person approves this check, for example with `{command}`"
        if decided.second_person_needed
        else None,
    )


@router.post("/imports/{import_id}/approve", responses={403: {"model": ProblemBody}})
async def approve_import(services: Services, person: SignedIn, import_id: UUID, approval: Approval) -> DecidedBody:
    """Approve, as the second person, what someone else decided. Needs permission to approve."""
    decided = await imports.approve(services, person, import_id, approval.check_no, approval.shown())
    return DecidedBody(import_id=import_id, state=decided.state)


@router.post("/imports/{import_id}/cancel", responses={202: {"model": CancelledBody}})
async def cancel_import(services: Services, person: SignedIn, import_id: UUID, response: Response) -> CancelledBody:
    """Cancel. The response comes at once, without waiting for batches; applied rows stay. 409 if the import has ended.

    202 with `cancelling`: no new batch is started, batches in progress may finish. 200 with `cancelled`: that is final,
    no more rows are applied.
    """
    decided = await imports.cancel(services, person, import_id)
    if decided.state is State.CANCELLING:
        response.status_code = 202
    return CancelledBody(import_id=import_id, state=decided.state)


@router.post("/imports/{import_id}/undo", status_code=202, responses={403: {"model": ProblemBody}})
async def undo_import(
    services: Services,
    person: SignedIn,
    import_id: UUID,
    response: Response,
    idempotency_key: RequestKey,
    request: UndoRequest | None = None,
) -> ImportAccepted:
    """Undo an import that has ended, or chosen rows of it: answers the id of the undo, an import of its own.

    Needs a right that may undo. The undo is checked first and waits until a person confirms it: `GET
    /imports/{id}/check` and `/plan` say what it takes back and what it leaves alone. 409 where the import can't be
    undone, is being undone, or has later rounds that applied rows: the newest is undone first.
    """
    chosen = request.rows if request else None
    undo_id = await undoing.undo_import(services, person, import_id, idempotency_key, chosen)
    response.headers["location"] = f"/api/v1/imports/{undo_id}"
    return ImportAccepted(import_id=undo_id)


@router.post("/imports/{import_id}/continue")
async def continue_import(services: Services, person: SignedIn, import_id: UUID) -> ContinuedBody:
    """Apply the other rows of an import that started with a few and is paused for review. 409 if it is not paused.

    `GET /imports/{id}/plan` shows each row with its result. To stop instead, cancel the import.
    """
    await canaries.continue_import(services, person, import_id)
    return ContinuedBody(import_id=import_id)


@router.post("/imports/{import_id}/stop-and-undo", status_code=202, responses={403: {"model": ProblemBody}})
async def stop_and_undo(
    services: Services, person: SignedIn, import_id: UUID, response: Response, idempotency_key: RequestKey
) -> ImportAccepted:
    """Cancel an import and ask for the undo of what it has applied: answers the id of the undo.

    Emails to customers that wait for a review of the first rows are not sent meanwhile.
    """
    undo_id = await canaries.stop_and_undo(services, person, import_id, idempotency_key)
    response.headers["location"] = f"/api/v1/imports/{undo_id}"
    return ImportAccepted(import_id=undo_id)


@router.post("/imports/{import_id}/resume", responses={403: {"model": ProblemBody}})
async def resume_import(services: Services, person: SignedIn, import_id: UUID) -> ResumedBody:
    """Resume an import that waits for an operator, once the cause is fixed. 409 if it is not waiting.

    For people who may operate the system.
    """
    await imports.resume(services, person, import_id)
    return ResumedBody(import_id=import_id)
