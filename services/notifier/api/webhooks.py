"""Webhooks: other systems that are told of imports."""

from uuid import UUID

from fastapi import APIRouter

from services.notifier.api.dependencies import Services
from services.notifier.usecases import webhooks
from services.notifier.webhook_views import (
    NewWebhook,
    Ping,
    Replay,
    Replayed,
    WebhookDeliveries,
    WebhookList,
    WebhookSecret,
)
from shared.bearer import SignedIn
from shared.openapi import ProblemBody

router = APIRouter(tags=["webhooks"], responses={401: {"model": ProblemBody}})

_MISSING: dict[int | str, dict[str, object]] = {404: {"model": ProblemBody}}


@router.get("/webhooks")
async def list_webhooks(services: Services, person: SignedIn) -> WebhookList:
    """The webhooks that you may manage."""
    return await webhooks.list_webhooks(services, person)


@router.post(
    "/webhooks",
    status_code=201,
    responses={**_MISSING, 403: {"model": ProblemBody}, 429: {"model": ProblemBody}},
)
async def add_webhook(services: Services, person: SignedIn, new: NewWebhook) -> WebhookSecret:
    """Have events of imports sent to an address, signed with the secret of the answer, which is shown this once."""
    return await webhooks.add(services, person, new)


@router.post("/webhooks/{webhook_id}/rotate", responses=_MISSING)
async def rotate_webhook(services: Services, person: SignedIn, webhook_id: UUID) -> WebhookSecret:
    """Make a new secret. For 24 hours requests carry signatures of both."""
    return await webhooks.rotate(services, person, webhook_id)


@router.delete("/webhooks/{webhook_id}", status_code=204, responses=_MISSING)
async def remove_webhook(services: Services, person: SignedIn, webhook_id: UUID) -> None:
    """Send nothing more to it."""
    await webhooks.remove(services, person, webhook_id)


@router.post("/webhooks/{webhook_id}/ping", status_code=202, responses=_MISSING)
async def ping_webhook(services: Services, person: SignedIn, webhook_id: UUID) -> Ping:
    """Send an event of type `ping`."""
    return await webhooks.ping(services, person, webhook_id)


@router.post(
    "/webhooks/{webhook_id}/replay",
    status_code=202,
    responses={**_MISSING, 409: {"model": ProblemBody}},
)
async def replay_webhook(services: Services, person: SignedIn, webhook_id: UUID, asked: Replay) -> Replayed:
    """Send an event again, or all that were given up."""
    return await webhooks.replay(services, person, webhook_id, asked.delivery_id)


@router.get("/webhooks/{webhook_id}/deliveries", responses=_MISSING)
async def list_deliveries(services: Services, person: SignedIn, webhook_id: UUID) -> WebhookDeliveries:
    """The newest requests to it, and how far each is."""
    return await webhooks.list_deliveries(services, person, webhook_id)
