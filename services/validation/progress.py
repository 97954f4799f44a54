"""Telling how far a check has come. It is a hint: where it fails the check goes on."""

import asyncio
from typing import Final
from uuid import UUID

from services.validation.repository import checks
from shared.contracts.events import CheckProgressed
from shared.errors import error_types
from shared.logging import get_logger
from shared.messaging import publish
from shared.postgres import Database

_SECONDS: Final = 1.0

log = get_logger()


class Cancelled(Exception):
    """The import was cancelled while its check ran."""


class Progress:
    """About once a second, on a connection of its own, since the check's transaction tells nothing until its end."""

    def __init__(self, database: Database, claim: checks.Claim, bytes_total: int) -> None:
        self._database = database
        self._claim = claim
        self._bytes_total = bytes_total
        self._last = asyncio.get_running_loop().time()

    async def tell(self, bytes_read: int, rows_read: int) -> None:
        """Say how far it is, if the last time is long enough ago; raises Cancelled."""
        now = asyncio.get_running_loop().time()
        if now - self._last < _SECONDS:
            return
        self._last = now
        if await self._said(bytes_read, rows_read):
            raise Cancelled

    async def _said(self, bytes_read: int, rows_read: int) -> bool:
        event = CheckProgressed(
            import_id=self._claim.import_id,
            biller_id=self._claim.biller_id,
            check_no=self._claim.check_no,
            bytes_read=bytes_read,
            bytes_total=self._bytes_total,
            rows_read=rows_read,
        )
        try:
            async with self._database.transaction() as connection:
                await publish(connection, event)
                return await checks.is_cancelled(connection, self._claim.import_id)
        except Exception as error:  # noqa: BLE001 - a hint must not end what it is a hint about
            log.warning("progress_not_told", error_types=error_types(error))
            return False


async def raise_if_cancelled(database: Database, import_id: UUID) -> None:
    """Raise Cancelled where the import was cancelled meanwhile, so that nothing of its check is kept."""
    async with database.connection() as connection:
        if await checks.is_cancelled(connection, import_id):
            raise Cancelled
