"""The databases of the tests: on a server that does not wait for the disk, migrated once and copied from then on."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

from shared.migrations import ROLES, migrate
from shared.setup import migrate_all
from stack.postgres import EmbeddedPostgres

PASSWORD: Final = "only-for-tests"
"""Of each role, in every database of the shared server."""

WITHOUT_THE_DISK: Final = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
"""For a server that nobody kills: what a crash would lose is asked of a server of one's own, or of the whole system."""

_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
_ENOUGH: Final = 6 << 30
_TEMPLATE: Final = "migrated"


class Databases:
    """Makes databases with all schemas, each as fast as a few files are copied."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        self._server = server
        self._has_template = False

    @asynccontextmanager
    async def migrated(self, name: str) -> AsyncIterator[str]:
        """The superuser's URL of a new database; its roles have PASSWORD."""
        await self._server.drop_database(name)
        dsn = await self._server.create_database(name, template=await self._template())
        await migrate(dsn, dict.fromkeys(ROLES, PASSWORD), ())  # the rights of a database are not copied with it
        yield dsn
        await self._server.drop_database(name)

    @asynccontextmanager
    async def empty(self, name: str) -> AsyncIterator[str]:
        """The superuser's URL of a new database in which nothing has been made."""
        await self._server.drop_database(name)
        yield await self._server.create_database(name)
        await self._server.drop_database(name)

    def dsn(self, role: str, name: str) -> str:
        return self._server.dsn(role, PASSWORD, database=name)

    async def _template(self) -> str:
        if not self._has_template:
            await self._server.drop_database(_TEMPLATE)
            await migrate_all(await self._server.create_database(_TEMPLATE), dict.fromkeys(ROLES, PASSWORD))
            self._has_template = True
        return _TEMPLATE


@contextmanager
def quick_folder(otherwise: Path) -> Iterator[Path]:
    """A folder in memory where there is room, which a server may be killed in as well as on a disk.

    Each check makes dozens of tables, each table several files, and each commit waits for the disk.
    """
    if not _MEMORY.is_dir() or shutil.disk_usage(_MEMORY).free < _ENOUGH:
        yield otherwise
        return
    with tempfile.TemporaryDirectory(dir=_MEMORY, prefix="servers-of-tests-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)
