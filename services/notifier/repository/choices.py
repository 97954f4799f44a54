"""Of what somebody is told by mail, and of which imports beside their own."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from services.notifier.occasions import Occasion
from services.notifier.records import WatchedBiller
from shared.postgres import Connection

_CHOICES: Final = "SELECT occasion, is_on FROM notice_choice WHERE subject = $1"
_CHOOSE: Final = """
INSERT INTO notice_choice (subject, occasion, is_on) VALUES ($1, $2, $3)
ON CONFLICT (subject, occasion) DO UPDATE SET is_on = $3, chosen_at = now()
"""
_BILLERS: Final = """
SELECT b.id, b.name, w.subject IS NOT NULL AS is_watched
FROM crm.biller b LEFT JOIN watch w ON w.subject = $1 AND w.biller_id = b.id
WHERE EXISTS (SELECT FROM crm.operator_right r WHERE r.subject = $1 AND (r.biller_id = b.id OR r.biller_id IS NULL))
ORDER BY is_watched DESC, b.name, b.id LIMIT $2
"""
_WATCHES_ALL: Final = """
SELECT EXISTS (SELECT FROM watch WHERE subject = $1 AND biller_id IS NULL AND import_id IS NULL)
"""
_UNWATCH_BILLERS: Final = """
DELETE FROM watch WHERE subject = $1 AND import_id IS NULL AND (biller_id IS NULL OR biller_id <> ALL ($2::bigint[]))
"""
_WATCH_BILLERS: Final = """
INSERT INTO watch (subject, biller_id)
SELECT $1, b.id FROM crm.biller b WHERE b.id = ANY ($2::bigint[]) AND EXISTS (
    SELECT FROM crm.operator_right r WHERE r.subject = $1 AND (r.biller_id = b.id OR r.biller_id IS NULL))
ON CONFLICT DO NOTHING
"""
_WATCH_ALL: Final = "INSERT INTO watch (subject) VALUES ($1) ON CONFLICT DO NOTHING"
_WATCH: Final = "INSERT INTO watch (subject, import_id) VALUES ($1, $2) ON CONFLICT DO NOTHING"
_UNWATCH: Final = "DELETE FROM watch WHERE subject = $1 AND import_id = $2"
_IS_WATCHED: Final = "SELECT EXISTS (SELECT FROM watch WHERE subject = $1 AND import_id = $2)"


async def choices_of(connection: Connection, subject: str) -> dict[Occasion, bool]:
    """Every occasion: as chosen, else its default."""
    chosen = {row["occasion"]: row["is_on"] for row in await connection.fetch(_CHOICES, subject)}
    return {occasion: chosen.get(occasion.value, occasion.is_on_by_default) for occasion in Occasion}


async def choose(connection: Connection, subject: str, choices: Mapping[Occasion, bool]) -> None:
    await connection.executemany(_CHOOSE, [(subject, one.value, is_on) for one, is_on in choices.items()])


async def billers_of(connection: Connection, subject: str, most: int) -> list[WatchedBiller]:
    """At most so many, those that are watched first: what is saved from a list takes no other watch away."""
    return [WatchedBiller(**row) for row in await connection.fetch(_BILLERS, subject, most)]


async def watches_all(connection: Connection, subject: str) -> bool:
    return bool(await connection.fetchval(_WATCHES_ALL, subject))


async def watch_billers(connection: Connection, subject: str, billers: Sequence[int], *, every: bool) -> None:
    """These, or every biller, instead of those before; one that the person does not work for is left out."""
    await connection.execute(_UNWATCH_BILLERS, subject, list(billers))
    await connection.execute(_WATCH_BILLERS, subject, list(billers))
    if every:
        await connection.execute(_WATCH_ALL, subject)


async def watch(connection: Connection, subject: str, import_id: UUID) -> None:
    await connection.execute(_WATCH, subject, import_id)


async def unwatch(connection: Connection, subject: str, import_id: UUID) -> None:
    await connection.execute(_UNWATCH, subject, import_id)


async def is_watched(connection: Connection, subject: str, import_id: UUID) -> bool:
    return bool(await connection.fetchval(_IS_WATCHED, subject, import_id))
