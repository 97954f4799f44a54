"""Who was refused: an entry of its own, since what was refused leaves nothing behind."""

import time
from typing import Final

from shared.audit.acts import Act
from shared.audit.chain import Detail
from shared.audit.trail import record
from shared.errors import error_types
from shared.logging import get_logger
from shared.postgres import Database

_SECONDS: Final = 60.0
_MOST: Final = 300  # a minute and process: anybody can have himself refused, and nobody shall fill the disk by that

log = get_logger()


class Refusals:
    """Writes refusals to the trail. Those beyond the limit are counted, and the next entry says how many there were."""

    def __init__(self, database: Database, most: int = _MOST) -> None:
        self._database = database
        self._most = most
        self._since = time.monotonic()
        self._recorded = 0
        self._not_recorded = 0

    async def record(self, act: Act, actor: str, code: str, route: str) -> None:
        """Never raises: whoever is refused is told so, whatever becomes of the entry."""
        if not self._has_room():
            self._not_recorded += 1
            return
        not_recorded, self._not_recorded = self._not_recorded, 0
        told: Detail = {"code": code, "route": route, "not_recorded": not_recorded or None}
        try:
            async with self._database.transaction() as connection:
                await record(connection, act, actor, detail=told)
        except Exception as error:  # noqa: BLE001 - the database may be away
            self._not_recorded += not_recorded + 1
            log.warning("refusal_not_recorded", error_types=error_types(error))

    def _has_room(self) -> bool:
        now = time.monotonic()
        if now - self._since > _SECONDS:
            self._since, self._recorded = now, 0
        self._recorded += 1
        return self._recorded <= self._most
