"""Mapping's API for one person in a process of its own: started with database and folder, it tells its address."""

import asyncio
import sys
from pathlib import Path

from services.mapping.api import add_routes
from services.mapping.context import Context
from shared.audit import Refusals
from shared.auth import Person
from shared.bearer import signed_in
from shared.health import Health
from shared.http import create_api
from shared.postgres import Database
from shared.secure_upload import SecureUpload
from tests.support.serving import served

_LIMIT = 64 * 1024 * 1024


async def _serve(dsn: str, folder: Path) -> None:
    database = await Database.connect(dsn, application_name="other-process")
    app = create_api(service="mapping", health=Health())
    add_routes(app)
    app.state.context = Context(database, SecureUpload(folder.as_uri(), {}), _LIMIT)
    app.state.refusals = Refusals(database)
    app.dependency_overrides[signed_in] = lambda: Person(subject="ivy", name="Ivy", email="ivy@example.com")
    async with served(app) as address:
        sys.stdout.write(f"{address}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], Path(sys.argv[2])))
