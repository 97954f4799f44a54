"""What a person decides about an import: confirm, approve as the second person, cancel."""

from uuid import UUID

from fastapi import APIRouter, Response

from services.mapping.api.bodies import RefusalBody
from services.mapping.api.decision_bodies import Approval, CancelledBody, Confirmation, DecidedBody, ResumedBody
from services.mapping.api.dependencies import Services
from services.mapping.domain import State
from services.mapping.usecases import imports
from shared.bearer import SignedIn
from shared.openapi import ProblemBody

router = APIRouter(
    tags=["decisions"],
    responses={401: {"model": ProblemBody}, 404: {"model": ProblemBody}, 409: {"model": ProblemBody}},
)


@router.post("/imports/{import_id}/confirm", responses={422: {"model": RefusalBody}})
async def confirm_import(
    services: Services, person: SignedIn, import_id: UUID, confirmation: Confirmation
) -> DecidedBody:
    """Confirm the newest check of a held import, with an answer to everything undecided; it is then checked again.

    `C201: continue` needs as `typed_count` the number of customers that would be made. Above 5,000 of them, or a fifth
    of the biller's customers, the import stays held until another person approves. `stop` cancels the import.
    Send what you have read as `answers_seen` and `log_recipients_seen`: what somebody changed since is refused (409).
    """
    decided = await imports.confirm(
        services,
        person,
        import_id,
        confirmation.check_no,
        confirmation.decisions,
        confirmation.log_recipients,
        confirmation.shown(),
    )
    return DecidedBody(import_id=import_id, state=decided.state, second_person_needed=decided.second_person_needed)


@router.post("/imports/{import_id}/approve", responses={403: {"model": ProblemBody}})
async def approve_import(services: Services, person: SignedIn, import_id: UUID, approval: Approval) -> DecidedBody:
    """Approve, as the second person, what another one decided; needs a right that may approve."""
    decided = await imports.approve(services, person, import_id, approval.check_no, approval.shown())
    return DecidedBody(import_id=import_id, state=decided.state)


@router.post("/imports/{import_id}/cancel", responses={202: {"model": CancelledBody}})
async def cancel_import(services: Services, person: SignedIn, import_id: UUID, response: Response) -> CancelledBody:
    """Cancel. It answers at once and waits for no chunk; what was applied before stays. 409 where it has ended.

    202 with `cancelling`: no further chunk is begun, those that are being written may end. 200 with `cancelled`: that
    is final, no row is applied any more.
    """
    decided = await imports.cancel(services, person, import_id)
    if decided.state is State.CANCELLING:
        response.status_code = 202
    return CancelledBody(import_id=import_id, state=decided.state)


@router.post("/imports/{import_id}/resume", responses={403: {"model": ProblemBody}})
async def resume_import(services: Services, person: SignedIn, import_id: UUID) -> ResumedBody:
    """Let an import go on that waits for an operator, once its cause is put right. 409 where it does not wait.

    For those who may import everything everywhere.
    """
    await imports.resume(services, person, import_id)
    return ResumedBody(import_id=import_id)
