"""Webhooks: other systems that are told of imports."""

from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Header

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
    responses={status: {"model": ProblemBody} for status in (403, 404, 409, 429)},
)
async def add_webhook(
    services: Services,
    person: SignedIn,
    new: NewWebhook,
    idempotency_key: Annotated[UUID | None, Header(description="a new UUID for each; the same one for a retry")] = None,
) -> WebhookSecret:
    """Have events of imports sent to an address, signed with the secret of the answer, which is shown this once.

    Only a retry by the same person with the same key, within an hour, is answered with the same secret.
    """
    return await webhooks.add(services, person, new, idempotency_key or uuid4())


@router.post("/webhooks/{webhook_id}/rotate", responses=_MISSING)
async def rotate_webhook(services: Services, person: SignedIn, webhook_id: UUID) -> WebhookSecret:
    """Make a new secret. For 24 hours requests carry signatures of both."""
    return await webhooks.rotate(services, person, webhook_id)


@router.post("/webhooks/{webhook_id}/take-over", status_code=204, responses=_MISSING)
async def take_over_webhook(services: Services, person: SignedIn, webhook_id: UUID) -> None:
    """Be responsible for it from now on. Its events are sent while whoever is responsible may manage webhooks there."""
    await webhooks.take_over(services, person, webhook_id)


@router.delete("/webhooks/{webhook_id}", status_code=204, responses=_MISSING)
async def remove_webhook(services: Services, person: SignedIn, webhook_id: UUID) -> None:
    """Send nothing more to it."""
    await webhooks.remove(services, person, webhook_id)


@router.post("/webhooks/{webhook_id}/ping", responses=_MISSING)
async def ping_webhook(services: Services, person: SignedIn, webhook_id: UUID) -> Ping:
    """Send an event of type `ping`."""
    return await webhooks.ping(services, person, webhook_id)


@router.post(
    "/webhooks/{webhook_id}/replay",
    responses={**_MISSING, 409: {"model": ProblemBody}},
)
async def replay_webhook(services: Services, person: SignedIn, webhook_id: UUID, asked: Replay) -> Replayed:
    """Send an event again, or all that were not delivered."""
    return await webhooks.replay(services, person, webhook_id, asked.delivery_id)


@router.get("/webhooks/{webhook_id}/deliveries", responses=_MISSING)
async def list_deliveries(services: Services, person: SignedIn, webhook_id: UUID) -> WebhookDeliveries:
    """The newest requests to it, and how far each is."""
    return await webhooks.list_deliveries(services, person, webhook_id)
