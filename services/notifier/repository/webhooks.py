"""Systems that are told of imports, and what waits for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from services.notifier import domain
from services.notifier.occasions import Happened, Occasion
from services.notifier.records import Delivery, Webhook
from services.notifier.standing import Facts, Standing
from shared.postgres import Connection
from shared.rights import WebhookRights

WEBHOOK_CHANNEL: Final = "notification_webhook"

_QUEUE: Final = """
WITH what AS (SELECT id, biller_id, kind, now() AS at FROM mapping.import WHERE id = $1),
queued AS (
    INSERT INTO webhook_delivery (id, webhook_id, import_id, occasion, place, body)
    SELECT gen_random_uuid(), w.id, what.id, $2, $3, jsonb_build_object(
        'type', 'import.' || $2::text,
        'timestamp', to_char(what.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'data', jsonb_build_object('import_id', what.id, 'biller_id', what.biller_id, 'kind', what.kind) || $4::jsonb
    )::text
    FROM what JOIN webhook w ON w.removed_at IS NULL AND (w.biller_id IS NULL OR w.biller_id = what.biller_id)
    ON CONFLICT (webhook_id, import_id, occasion, place) WHERE import_id IS NOT NULL DO NOTHING RETURNING id
)
SELECT count(*), CASE WHEN count(*) > 0 THEN pg_notify($5, '') END FROM queued
"""
_PING: Final = """
INSERT INTO webhook_delivery (id, webhook_id, occasion, place, body)
SELECT $2, id, 'ping', '', jsonb_build_object(
    'type', 'ping', 'timestamp', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'data', jsonb_build_object('webhook_id', id)
)::text
FROM webhook WHERE id = $1 AND removed_at IS NULL
"""
# One request at a time for each system, and they take turns: one that is slow or away holds up no other.
_CLAIM: Final = """
WITH turn AS (
    SELECT w.id, w.biller_id, coalesce(w.taken_over_by, w.made_by) AS responsible, w.url, w.secret,
        CASE WHEN w.former_until > now() THEN w.former_secret END AS former_secret, w.failures
    FROM webhook w
    WHERE w.removed_at IS NULL AND w.not_before <= now() AND EXISTS (
        SELECT FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.state = 'pending' AND d.not_before <= now())
    ORDER BY w.tried_at, w.id LIMIT 1 FOR UPDATE SKIP LOCKED
), next AS (
    SELECT d.id FROM turn JOIN webhook_delivery d ON d.webhook_id = turn.id
    WHERE d.state = 'pending' AND d.not_before <= now() ORDER BY d.queued_at, d.id LIMIT 1
), taken AS (
    UPDATE webhook SET tried_at = clock_timestamp(), not_before = now() + $1 FROM turn WHERE webhook.id = turn.id
)
UPDATE webhook_delivery d SET attempts = attempts + 1, not_before = now() + $1
FROM turn, next WHERE d.id = next.id
RETURNING d.id, d.webhook_id, d.import_id, d.body, d.attempts, turn.biller_id, turn.responsible,
    turn.url, turn.secret, turn.former_secret, turn.failures
"""
_DELIVERED: Final = """
WITH answered AS (UPDATE webhook SET failures = 0, not_before = now() WHERE id = $3)
UPDATE webhook_delivery SET state = 'delivered', settled_at = now(), last_problem = NULL
WHERE id = $1 AND attempts = $2 AND state = 'pending'
"""
_TRY_AGAIN: Final = """
WITH failed AS (UPDATE webhook SET failures = failures + 1, not_before = now() + $6 WHERE id = $3)
UPDATE webhook_delivery SET last_problem = $4, not_before = now() + $5,
    state = CASE WHEN $8 OR now() + $5 > queued_at + $7 THEN 'given_up' ELSE 'pending' END,
    settled_at = CASE WHEN $8 OR now() + $5 > queued_at + $7 THEN now() END
WHERE id = $1 AND attempts = $2 AND state = 'pending'
RETURNING state
"""
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('webhook', 0))"
_ADD: Final = """
INSERT INTO webhook (id, biller_id, url, secret, made_by)
SELECT $1, $2, $3, $4, $5 WHERE $2::bigint IS NULL OR EXISTS (SELECT FROM crm.biller WHERE id = $2)
RETURNING true
"""
_MADE_BEFORE: Final = """
SELECT id, biller_id, url, made_by, secret,
    removed_at IS NULL AND former_secret IS NULL AND made_at > now() - interval '1 hour' AS is_fresh
FROM webhook WHERE id = $1
"""
_COUNT: Final = "SELECT count(*) FROM webhook WHERE biller_id IS NOT DISTINCT FROM $1 AND removed_at IS NULL"
_LIST: Final = """
SELECT w.id, w.biller_id, b.name AS biller_name, w.url, w.made_by, coalesce(w.taken_over_by, w.made_by) AS responsible,
    w.made_at, w.failures,
    (SELECT count(*) FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.state = 'pending') AS waiting,
    (SELECT count(*) FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.state = 'given_up') AS not_delivered
FROM webhook w LEFT JOIN crm.biller b ON b.id = w.biller_id
WHERE w.removed_at IS NULL AND {which}
ORDER BY w.made_at, w.id LIMIT 1000
"""
_LIST_ALLOWED: Final = _LIST.format(
    which="""CASE WHEN w.biller_id IS NULL THEN $1
        ELSE w.biller_id = ANY ($2::bigint[]) OR $3 AND w.biller_id <> ALL ($4::bigint[]) END"""
)
_FIND: Final = _LIST.format(which="w.id = $1")
_ROTATE: Final = """
UPDATE webhook SET former_secret = secret, former_until = now() + $3, secret = $2 WHERE id = $1 AND removed_at IS NULL
"""
_TAKE_OVER: Final = """
WITH due AS (UPDATE webhook_delivery SET not_before = now() WHERE webhook_id = $1 AND state = 'pending')
UPDATE webhook SET taken_over_by = $2, failures = 0, not_before = now() WHERE id = $1
"""
_REMOVE: Final = """
WITH dropped AS (
    UPDATE webhook_delivery SET state = 'dropped', settled_at = now() WHERE webhook_id = $1 AND state = 'pending'
)
UPDATE webhook SET removed_at = now(), secret = '', former_secret = NULL WHERE id = $1 AND removed_at IS NULL
"""
_REPLAY: Final = """
WITH again AS (
    UPDATE webhook_delivery SET state = 'pending', attempts = attempts + 1, not_before = now(), queued_at = now(),
        settled_at = NULL
    WHERE webhook_id = $1 AND (id = $2 AND state <> 'pending' OR $2 IS NULL AND state = 'given_up') RETURNING id
), awake AS (UPDATE webhook SET not_before = now(), failures = 0 WHERE id = $1)
SELECT count(*) FROM again
"""
_DELIVERIES: Final = """
SELECT id, import_id, occasion, state, attempts, not_before, last_problem, queued_at, settled_at
FROM webhook_delivery WHERE webhook_id = $1 ORDER BY queued_at DESC, id LIMIT $2
"""
_NOTIFY: Final = "SELECT pg_notify($1, '')"
_TO_DECIDE: Final = frozenset({Occasion.HELD, Occasion.NEEDS_APPROVAL})


@dataclass(frozen=True, slots=True)
class Claim:
    """A request to make now. ``attempts`` fences, as in `mails.Claim`."""

    id: UUID
    webhook_id: UUID
    import_id: UUID | None  # None for a ping
    body: str
    attempts: int
    biller_id: int | None
    responsible: str  # who made the webhook, or took it over last
    url: str
    secret: bytes
    former_secret: bytes | None
    failures: int


async def queue(connection: Connection, import_id: UUID, what: Happened, where: Standing, facts: Facts) -> None:
    """One request for every system that is told of the biller, once."""
    told = {
        "state": (what.occasion.state or where.state).value,
        "check_no": where.check_no if facts.check_no is None else facts.check_no,
        "counts": {"read": facts.counts.read, **facts.counts.model_dump()},
        "planned": None if facts.planned is None else {"read": facts.planned.read, **facts.planned.model_dump()},
        "needs_decision": sorted(facts.undecided) if what.occasion in _TO_DECIDE else [],
    }
    await connection.execute(_QUEUE, import_id, what.occasion.value, what.place, told, WEBHOOK_CHANNEL)


async def claim(connection: Connection, lease: timedelta) -> Claim | None:
    row = await connection.fetchrow(_CLAIM, lease)
    return None if row is None else Claim(**row)


async def mark_delivered(connection: Connection, one: Claim) -> None:
    await connection.execute(_DELIVERED, one.id, one.attempts, one.webhook_id)


async def try_again(connection: Connection, one: Claim, problem: str, *, for_ever: bool) -> str | None:
    """Wait before the next try, and before anything else for the same system; or give up, as of mails."""
    state: str | None = await connection.fetchval(
        _TRY_AGAIN,
        one.id,
        one.attempts,
        one.webhook_id,
        problem,
        domain.wait_after(one.attempts),
        timedelta(0) if for_ever else domain.wait_after(one.failures + 1),
        domain.GIVE_UP_AFTER,
        for_ever,
    )
    return state


async def one_at_a_time(connection: Connection) -> None:
    """Until the transaction ends nobody else adds a webhook: a key and a number that were looked at still hold."""
    await connection.execute(_LOCK)


async def add(
    connection: Connection, webhook_id: UUID, biller_id: int | None, url: str, sealed: bytes, made_by: str
) -> bool:
    return bool(await connection.fetchval(_ADD, webhook_id, biller_id, url, sealed, made_by))


@dataclass(frozen=True, slots=True)
class MadeBefore:
    """A webhook under a key that is used again; ``is_fresh``: its secret may still be told."""

    id: UUID
    biller_id: int | None
    url: str
    made_by: str
    secret: bytes
    is_fresh: bool


async def made_before(connection: Connection, webhook_id: UUID) -> MadeBefore | None:
    row = await connection.fetchrow(_MADE_BEFORE, webhook_id)
    return None if row is None else MadeBefore(**row)


async def count(connection: Connection, biller_id: int | None) -> int:
    number: int = await connection.fetchval(_COUNT, biller_id)
    return number


async def list_webhooks(connection: Connection, rights: WebhookRights) -> list[Webhook]:
    """Those that somebody with these rights may manage."""
    of_billers = {biller_id: may for biller_id, may in rights.of_billers.items() if biller_id is not None}
    allowed = [biller_id for biller_id, may in of_billers.items() if may]
    everywhere = rights.of_billers.get(None, False)
    found = await connection.fetch(_LIST_ALLOWED, rights.cover(None), allowed, everywhere, list(of_billers))
    return [Webhook(**row) for row in found]


async def find(connection: Connection, webhook_id: UUID) -> Webhook | None:
    row = await connection.fetchrow(_FIND, webhook_id)
    return None if row is None else Webhook(**row)


async def rotate(connection: Connection, webhook_id: UUID, sealed: bytes, former_for: timedelta) -> None:
    await connection.execute(_ROTATE, webhook_id, sealed, former_for)


async def take_over(connection: Connection, webhook_id: UUID, subject: str) -> None:
    await connection.execute(_TAKE_OVER, webhook_id, subject)
    await connection.execute(_NOTIFY, WEBHOOK_CHANNEL)


async def remove(connection: Connection, webhook_id: UUID) -> None:
    await connection.execute(_REMOVE, webhook_id)


async def ping(connection: Connection, webhook_id: UUID, delivery_id: UUID) -> None:
    await connection.execute(_PING, webhook_id, delivery_id)
    await connection.execute(_NOTIFY, WEBHOOK_CHANNEL)


async def replay(connection: Connection, webhook_id: UUID, delivery_id: UUID | None) -> int:
    number: int = await connection.fetchval(_REPLAY, webhook_id, delivery_id)
    await connection.execute(_NOTIFY, WEBHOOK_CHANNEL)
    return number


async def deliveries_of(connection: Connection, webhook_id: UUID, limit: int) -> Sequence[Delivery]:
    return [Delivery(**row) for row in await connection.fetch(_DELIVERIES, webhook_id, limit)]
