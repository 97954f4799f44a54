"""What the other services say of an import, read where they keep it."""

from typing import Final
from uuid import UUID

from shared.postgres import Connection

_IS_CONFIRMED: Final = "SELECT EXISTS (SELECT FROM mapping.confirmation WHERE import_id = $1 AND check_no = $2)"
_IS_ANSWERED: Final = "SELECT EXISTS (SELECT FROM mapping.answered_check WHERE import_id = $1 AND check_no = $2)"
_IS_CANCELLED: Final = "SELECT EXISTS (SELECT FROM execution.job WHERE import_id = $1 AND state = 'cancelled')"
_HAS_ENDED: Final = "SELECT EXISTS (SELECT FROM execution.ended_job WHERE import_id = $1)"


async def is_confirmed(connection: Connection, import_id: UUID, check_no: int) -> bool:
    return bool(await connection.fetchval(_IS_CONFIRMED, import_id, check_no))


async def is_answered(connection: Connection, import_id: UUID, check_no: int) -> bool:
    return bool(await connection.fetchval(_IS_ANSWERED, import_id, check_no))


async def is_cancelled(connection: Connection, import_id: UUID) -> bool:
    """Whether the executors apply no further row because a person cancelled."""
    return bool(await connection.fetchval(_IS_CANCELLED, import_id))


async def has_ended(connection: Connection, import_id: UUID) -> bool:
    return bool(await connection.fetchval(_HAS_ENDED, import_id))
