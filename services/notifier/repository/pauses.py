"""What those who look after the system hold back: written by functions of the executor's schema, read at each claim."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from services.notifier.domain import Overview, Pause, State
from services.notifier.records import PausedWork
from services.notifier.repository.events import CHANGED_CHANNEL
from shared.postgres import Connection

_HELD_BACK: Final = frozenset({State.APPROVED, State.RUNNING, State.WAITING})

_OF_IMPORTS: Final = """
    SELECT DISTINCT ON (v.import_id) v.import_id, p.paused_at AS since, p.reason
    FROM import_view v JOIN execution.pause p ON p.resumed_at IS NULL
        AND (p.import_id IS NULL OR mapping.first_import(p.import_id) = mapping.first_import(v.import_id))
        AND (p.biller_id IS NULL OR p.biller_id = v.biller_id)
    WHERE v.import_id = ANY ($1::uuid[])
    ORDER BY v.import_id, p.paused_at
"""
_IN_FORCE: Final = """
    SELECT p.import_id, p.biller_id, b.name AS biller_name, p.paused_at AS since,
        coalesce(nullif(who.name, ''), p.paused_by) AS paused_by, p.reason
    FROM execution.pause p LEFT JOIN mapping.person who ON who.subject = p.paused_by
    LEFT JOIN import_view v ON v.import_id = p.import_id
    LEFT JOIN crm.biller b ON b.id = coalesce(p.biller_id, v.biller_id)
    WHERE p.resumed_at IS NULL ORDER BY p.paused_at, p.id LIMIT 500
"""
_IS_THERE: Final = """
    SELECT ($1::uuid IS NULL OR EXISTS (SELECT FROM import_view WHERE import_id = $1))
        AND ($2::bigint IS NULL OR EXISTS (SELECT FROM crm.biller WHERE id = $2))
"""
_PAUSE: Final = "SELECT execution.pause_work($1, $2, $3, $4)"
_RESUME: Final = "SELECT execution.resume_work($1, $2, $3)"
# No news of the import itself: it is shown anew, and nothing else.
_SHOW_ANEW: Final = """
    WITH shown AS (
        UPDATE import_view SET revision = nextval('import_view_revision')
        WHERE state IN ('approved', 'running')
            AND ($1::uuid IS NULL OR mapping.first_import(import_id) = mapping.first_import($1))
            AND ($2::bigint IS NULL OR biller_id = $2) RETURNING import_id
    )
    SELECT count(pg_notify($3, import_id::text)) FROM shown
"""


async def with_pauses(connection: Connection, overviews: Sequence[Overview]) -> list[Overview]:
    """The same imports; those that would go on if nobody held them back say so."""
    waiting = [one.import_id for one in overviews if one.state in _HELD_BACK]
    if not waiting:
        return list(overviews)
    rows = await connection.fetch(_OF_IMPORTS, waiting)
    pauses = {row["import_id"]: Pause(row["since"], row["reason"]) for row in rows}
    return [replace(one, pause=pauses.get(one.import_id)) for one in overviews]


async def in_force(connection: Connection) -> list[PausedWork]:
    return [PausedWork(**row) for row in await connection.fetch(_IN_FORCE)]


async def is_there(connection: Connection, import_id: UUID | None, biller_id: int | None) -> bool:
    """Whether there is such an import and such a biller; what is None does not matter."""
    return bool(await connection.fetchval(_IS_THERE, import_id, biller_id))


async def pause(connection: Connection, import_id: UUID | None, biller_id: int | None, person: str, why: str) -> bool:
    """False where the same is paused already."""
    done = bool(await connection.fetchval(_PAUSE, import_id, biller_id, person, why))
    await connection.execute(_SHOW_ANEW, import_id, biller_id, CHANGED_CHANNEL)
    return done


async def resume(connection: Connection, import_id: UUID | None, biller_id: int | None, person: str) -> bool:
    """False where the same is not paused."""
    done = bool(await connection.fetchval(_RESUME, import_id, biller_id, person))
    await connection.execute(_SHOW_ANEW, import_id, biller_id, CHANGED_CHANNEL)
    return done
