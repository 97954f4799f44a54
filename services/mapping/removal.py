"""Files that must not be kept, or not any longer, leave the Secure Upload.

One refused for card numbers, security codes or passwords goes at once, all others after their retention period.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final
from uuid import UUID

from services.mapping.repository import files, outdated, uploads
from shared.audit import SYSTEM, Act, Detail, record
from shared.health import Health
from shared.logging import get_logger
from shared.postgres import Connection, Database
from shared.retention import Rule
from shared.secure_upload import SecureUpload, object_key
from shared.workers import Worker

_POLL_SECONDS: Final = 2.0
_REST_SECONDS: Final = 3600.0

log = get_logger()


def remover(database: Database, secure_upload: SecureUpload, health: Health) -> Worker:
    """The worker that removes them, as soon as the refusal is committed and until it has succeeded."""
    removal = Removal(database, secure_upload)
    return Worker("file removal", removal.step, health=health, poll_seconds=_POLL_SECONDS)


def remover_of_parts(database: Database, secure_upload: SecureUpload, health: Health) -> Worker:
    """The worker that removes the parts of uploads that have ended, however they did."""
    removal = PartRemoval(database, secure_upload)
    return Worker("removal of parts", removal.step, health=health, poll_seconds=_POLL_SECONDS)


def outdated_rules(
    secure_upload: SecureUpload,
    keep: timedelta,
    keep_history: timedelta,
    keep_unfinished: timedelta = timedelta(days=1),
) -> tuple[Rule, ...]:
    """What goes when it has been kept long enough: files, drafts that nobody goes on with, and what was decided."""
    resting = Resting()

    async def remove_file(connection: Connection, keep: timedelta) -> int:
        file = await outdated.next_file(connection, keep, resting.ids)
        if file is None:
            return 0
        with resting.if_it_fails(file.id):
            await secure_upload.delete(file.object_key)
        await outdated.record_removal(connection, file)
        return 1

    return (
        Rule("drafts", keep, outdated.remove_drafts),
        Rule("files", keep, remove_file),
        Rule("unfinished uploads", keep_unfinished, uploads.expire),
        Rule("records of uploads", keep_unfinished, uploads.forget),
        Rule("corrections", keep, outdated.remove_corrections),
        Rule("keys of uploads", keep, outdated.remove_upload_keys),
        Rule("history", keep_history, outdated.remove_history),
    )


class Resting:
    """Objects that the store would not remove: each is left alone for an hour, so that it keeps no other from going."""

    def __init__(self) -> None:
        self._until: dict[UUID, float] = {}

    @property
    def ids(self) -> list[UUID]:
        now = time.monotonic()
        self._until = {file_id: until for file_id, until in self._until.items() if until > now}
        return list(self._until)

    @contextmanager
    def if_it_fails(self, file_id: UUID) -> Iterator[None]:
        try:
            yield
        except Exception:
            self._until[file_id] = time.monotonic() + _REST_SECONDS
            log.warning("file_not_removed", file_id=file_id)
            raise


class Removal:
    """Removes one file after the other. The object goes first: what is recorded as removed is gone."""

    def __init__(self, database: Database, secure_upload: SecureUpload) -> None:
        self._database = database
        self._secure_upload = secure_upload
        self._resting = Resting()

    async def step(self) -> bool:
        async with self._database.transaction() as connection:
            file = await files.next_to_remove(connection, self._resting.ids)
            if file is None:
                return False
            with self._resting.if_it_fails(file.id):
                await self._secure_upload.delete(file.object_key)
            await files.record_removal(connection, file)
            told: Detail = {"file_id": str(file.id), "code": file.reason}
            await record(connection, Act.FILE_REMOVED, SYSTEM, import_id=file.import_id, detail=told)
        log.info("file_removed", file_id=file.id, import_id=file.import_id, reason=file.reason)
        return True


class PartRemoval:
    """Removes one part after the other, and then its record."""

    def __init__(self, database: Database, secure_upload: SecureUpload) -> None:
        self._database = database
        self._secure_upload = secure_upload
        self._resting = Resting()

    async def step(self) -> bool:
        async with self._database.transaction() as connection:
            part = await uploads.next_left(connection, self._resting.ids)
            if part is None:
                return False
            with self._resting.if_it_fails(part.id):
                await self._secure_upload.delete(object_key(part.biller_id, part.id))
            await uploads.forget_part(connection, part.id)
        return True
