"""Other systems that are told of imports: added, listed, given a new secret, removed; pinged, and sent again."""

from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from services.notifier import records
from services.notifier.context import Context
from services.notifier.destinations import NotAllowed
from services.notifier.repository import webhooks
from services.notifier.repository.webhooks import MadeBefore
from services.notifier.signing import SecretBox, new_secret
from services.notifier.webhook_views import (
    NewWebhook,
    Ping,
    Replayed,
    Webhook,
    WebhookDeliveries,
    WebhookDelivery,
    WebhookList,
    WebhookSecret,
)
from shared.audit import Act, record
from shared.auth import Person
from shared.errors import Conflict, Forbidden, Invalid, NotFound, TooMany, Unavailable
from shared.logging import get_logger
from shared.postgres import Connection
from shared.rights import webhook_rights, webhook_rights_of

MOST: Final = 20  # of a biller
FORMER_FOR: Final = timedelta(hours=24)
_SHOWN: Final = 100

log = get_logger()


async def list_webhooks(context: Context, person: Person) -> WebhookList:
    async with context.database.connection() as connection:
        found = await webhooks.list_webhooks(connection, await webhook_rights(connection, person.subject))
        rights = await webhook_rights_of(connection, {one.responsible for one in found})
    return WebhookList(
        items=[Webhook.of(one, may_be_sent=rights[one.responsible].cover(one.biller_id)) for one in found]
    )


async def add(context: Context, person: Person, new: NewWebhook, webhook_id: UUID) -> WebhookSecret:
    """A retry gets the same secret, for an hour. Raises Forbidden, Invalid, TooMany, NotFound, Conflict."""
    box = _box(context)
    async with context.database.transaction() as connection:
        await _require(connection, person, new.biller_id)
        _require_allowed(context, new.url)
        await webhooks.one_at_a_time(connection)
        if (before := await webhooks.made_before(connection, webhook_id)) is not None:
            return _again(before, box, person, new)
        if await webhooks.count(connection, new.biller_id) >= MOST:
            raise TooMany("too_many_webhooks", f"There are already {MOST} webhooks", "biller_id", "Remove one first")
        secret = new_secret()
        sealed = box.seal(secret, webhook_id)
        if not await webhooks.add(connection, webhook_id, new.biller_id, new.url, sealed, person.subject):
            raise NotFound("not_found", "No such biller", "biller_id", "Check its number")
        await _record(connection, Act.WEBHOOK_ADDED, person, webhook_id, new.biller_id)
    log.info("webhook_added", webhook_id=str(webhook_id), biller_id=new.biller_id)
    return WebhookSecret(id=webhook_id, secret=secret)


def _again(before: MadeBefore, box: SecretBox, person: Person, new: NewWebhook) -> WebhookSecret:
    if not before.is_fresh or (before.made_by, before.url, before.biller_id) != (
        person.subject,
        new.url,
        new.biller_id,
    ):
        raise Conflict(
            "idempotency_conflict", "The key was used for another webhook", "idempotency-key", "Use a new key"
        )
    return WebhookSecret(id=before.id, secret=box.unseal(before.secret, before.id))


async def rotate(context: Context, person: Person, webhook_id: UUID) -> WebhookSecret:
    """A new secret; the one before signs beside it for a day. Raises NotFound, Unavailable."""
    box = _box(context)
    async with context.database.transaction() as connection:
        one = await _manageable(connection, person, webhook_id)
        secret = new_secret()
        await webhooks.rotate(connection, webhook_id, box.seal(secret, webhook_id), FORMER_FOR)
        await _record(connection, Act.WEBHOOK_ROTATED, person, webhook_id, one.biller_id)
    return WebhookSecret(id=webhook_id, secret=secret)


async def take_over(context: Context, person: Person, webhook_id: UUID) -> None:
    """From now on its events are sent by this person's right. Raises NotFound."""
    async with context.database.transaction() as connection:
        one = await _manageable(connection, person, webhook_id)
        await webhooks.take_over(connection, webhook_id, person.subject)
        await _record(connection, Act.WEBHOOK_TAKEN_OVER, person, webhook_id, one.biller_id)
    log.info("webhook_taken_over", webhook_id=str(webhook_id))


async def remove(context: Context, person: Person, webhook_id: UUID) -> None:
    """Nothing is sent any more, also of what waits. Raises NotFound."""
    async with context.database.transaction() as connection:
        one = await _manageable(connection, person, webhook_id)
        await webhooks.remove(connection, webhook_id)
        await _record(connection, Act.WEBHOOK_REMOVED, person, webhook_id, one.biller_id)
    log.info("webhook_removed", webhook_id=str(webhook_id))


async def ping(context: Context, person: Person, webhook_id: UUID) -> Ping:
    """Send an event that tells nothing. Raises NotFound, Unavailable."""
    _box(context)
    delivery_id = uuid4()
    async with context.database.transaction() as connection:
        await _manageable(connection, person, webhook_id)
        await webhooks.ping(connection, webhook_id, delivery_id)
    return Ping(delivery_id=delivery_id)


async def replay(context: Context, person: Person, webhook_id: UUID, delivery_id: UUID | None) -> Replayed:
    """Send one event again, or all that were not delivered. Raises NotFound, Conflict."""
    async with context.database.transaction() as connection:
        one = await _manageable(connection, person, webhook_id)
        number = await webhooks.replay(connection, webhook_id, delivery_id)
        if delivery_id is not None and not number:
            raise Conflict("not_sent_again", "No such event was sent", "delivery_id", "See the deliveries")
        await _record(connection, Act.WEBHOOK_REPLAYED, person, webhook_id, one.biller_id)
    return Replayed(deliveries=number)


async def list_deliveries(context: Context, person: Person, webhook_id: UUID) -> WebhookDeliveries:
    async with context.database.connection() as connection:
        await _manageable(connection, person, webhook_id)
        found = await webhooks.deliveries_of(connection, webhook_id, _SHOWN)
    return WebhookDeliveries(items=[WebhookDelivery.of(one) for one in found])


async def _manageable(connection: Connection, person: Person, webhook_id: UUID) -> records.Webhook:
    one = await webhooks.find(connection, webhook_id)
    if one is None or not (await webhook_rights(connection, person.subject)).cover(one.biller_id):
        raise _not_found()
    return one


async def _require(connection: Connection, person: Person, biller_id: int | None) -> None:
    if not (await webhook_rights(connection, person.subject)).cover(biller_id):
        raise Forbidden(
            "F011",
            "Only people who may manage webhooks for the biller, or for every biller, can do this",
            "biller_id",
            "Ask an administrator for the right to manage webhooks",
        )


def _require_allowed(context: Context, url: str) -> None:
    """As far as the address itself tells; where its host leads is looked at before each request."""
    try:
        context.destinations.checked(url)
    except NotAllowed as refused:
        raise Invalid(
            "webhook_address_refused",
            f"The address {refused.reason}",
            "url",
            "Use an https address on the internet, or have IMPORT_WEBHOOK_INSIDE_NETWORKS name the network",
        ) from None


async def _record(connection: Connection, act: Act, person: Person, webhook_id: UUID, biller_id: int | None) -> None:
    await record(connection, act, person.subject, biller_id=biller_id, detail={"webhook_id": str(webhook_id)})


def _box(context: Context) -> SecretBox:
    if context.box is None:
        raise Unavailable(
            "webhooks_not_set_up", "Webhooks are not set up", "", "Ask an administrator to set IMPORT_WEBHOOK_KEY"
        )
    return context.box


def _not_found() -> NotFound:
    return NotFound(
        "webhook_not_found", "No such webhook, or you may not manage it", "webhook_id", "See the list of webhooks"
    )
