"""The last release and this one side by side, through the migrations, in the middle of imports of all three kinds."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import asyncpg
import pytest

from bench.data import Biller
from cli.client import Client
from customer_import_client import Outgoing
from shared.settings import KafkaSettings
from shared.setup import create_topics, migrate_all
from stack.embedded import EmbeddedStack, Parts
from stack.kafka import EmbeddedKafka
from stack.postgres import EmbeddedPostgres
from stack.processes import spawn
from stack.releases import Release, last_release
from stack.run_directory import RunDirectory
from stack.wiring import Wiring
from tests.support.imports import until
from tests.upgrade.files import KINDS, ROWS, definition, new_biller

_SERVICES: Final = ("mapping", "validation", "executor", "notifier")
_PARTS: Final = Parts.SERVERS | Parts.ISSUER | Parts.SCHEMA
_PATIENCE: Final = 120.0
_OLD_SETUP: Final = """
import asyncio, os
from shared.settings import KafkaSettings
try:
    from shared.setup import create_topics, migrate_all
except ImportError:  # releases up to November 2026
    from stack.setup import create_topics, migrate_all
asyncio.run(migrate_all(os.environ["DSN"], {}))
asyncio.run(create_topics(KafkaSettings(kafka_bootstrap=os.environ["BROKER"])))
"""
# Each chunk takes so long that an upgrade falls into the middle of the imports.
_PACE: Final = """
CREATE SCHEMA pace;
CREATE TABLE pace.chunk (seconds float NOT NULL);
INSERT INTO pace.chunk VALUES (2);
CREATE FUNCTION pace.wait() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    PERFORM pg_sleep(seconds) FROM pace.chunk;
    RETURN NULL;
END
$$;
CREATE TRIGGER pace AFTER INSERT ON execution.row_result FOR EACH STATEMENT EXECUTE FUNCTION pace.wait();
"""
_APPLIED_BY: Final = """
SELECT count(*) FROM execution.chunk
WHERE state = 'applied' AND applied_by LIKE '%:' || $1::int AND ($2::timestamptz IS NULL OR applied_at > $2)
"""
_CRM: Final = """
SELECT c.account_number, c.name, l.email, l.login_name, l.status,
    ARRAY(SELECT (m.routing_number, m.account_last4, m.account_type, m.status, m.is_default)
        FROM crm.payment_method m WHERE m.login_id = l.id ORDER BY m.id) AS methods,
    ARRAY(SELECT (t.code, a.status, a.effective_from, a.mandate_id IS NULL)
        FROM crm.autopay_enrollment a JOIN crm.invoice_type t ON t.id = a.invoice_type_id
        WHERE a.customer_id = c.id ORDER BY t.code) AS autopay,
    ARRAY(SELECT (t.code, p.status, p.delivery_email, p.consent_id IS NULL)
        FROM crm.paperless_enrollment p JOIN crm.invoice_type t ON t.id = p.invoice_type_id
        WHERE p.customer_id = c.id ORDER BY t.code) AS paperless
FROM crm.customer c
LEFT JOIN crm.customer_login_link k ON k.customer_id = c.id AND k.role = 'owner'
LEFT JOIN crm.login l ON l.id = k.login_id
WHERE c.biller_id = $1 ORDER BY c.account_number
"""
_ROWS: Final = """
SELECT r.line_no, r.outcome, r.codes, r.account_number
FROM mapping.import i JOIN execution.row_result r ON r.import_id = i.id
WHERE i.biller_id = $1 ORDER BY r.line_no
"""
_TOLD: Final = """
SELECT i.state AS mapping, c.state AS validation, v.state, v.applied, v.chunks, v.chunks_done
FROM mapping.import i
LEFT JOIN validation.import_check c ON c.import_id = i.id
LEFT JOIN notification.import_view v ON v.import_id = i.id
WHERE i.biller_id = ANY($1::bigint[])
"""
_PLANNED: Final = """
SELECT count(*) = $2 FROM mapping.import i JOIN validation.import_check c ON c.import_id = i.id
WHERE i.biller_id = ANY($1::bigint[]) AND c.state IN ('approved', 'finished')
"""
_COMPLETED: Final = {
    "mapping": "completed",
    "validation": "finished",
    "state": "completed",
    "applied": ROWS,
    "chunks": 3,
    "chunks_done": 3,
}


@dataclass
class Upgrade:
    """A system that is being upgraded."""

    stack: EmbeddedStack
    old: Release
    admin: asyncpg.Connection
    folder: Path
    clients: dict[str, Client] = field(default_factory=dict)

    async def start(self, generation: str, *services: str) -> None:
        """One process of each of these services, of the last release or of this one."""
        release = {"release": self.old} if generation == "old" else {}
        await asyncio.gather(*(self.stack.start_service(f"{name}-{generation}", **release) for name in services))
        if "mapping" in services:  # the only one that is asked here
            mapping = self.stack.service_url(f"mapping-{generation}")
            self.clients[generation] = Client(mapping, mapping, await self.stack.token("ivy"))

    async def stop(self, generation: str) -> None:
        """As a deploy does: they are asked to end."""
        await asyncio.gather(*(self.stack.children[f"{name}-{generation}"].stop(limit=30) for name in _SERVICES))

    async def imports(self, generation: str) -> dict[str, Biller]:
        """An import of each kind is asked for, at a biller of its own; which they are."""
        billers = {kind: await new_biller(self.admin, kind) for kind in KINDS}
        for kind, biller in billers.items():
            await self.define(generation, kind, biller)
        return billers

    async def define(self, generation: str, kind: str, biller: Biller) -> None:
        file = KINDS[kind].write(self.folder / f"{kind}.csv")
        await asyncio.to_thread(_define, self.clients[generation], definition(kind, biller), file)

    async def pace(self, seconds: float) -> None:
        await self.admin.execute("UPDATE pace.chunk SET seconds = $1", seconds)

    async def has_applied(self, generation: str, since: Any = None) -> None:
        """Wait until the executor of this release has applied a chunk."""
        process = self.stack.children[f"executor-{generation}"].pid
        what = f"a chunk applied by the {generation} executor"
        await until(lambda: self.admin.fetchval(_APPLIED_BY, process, since), what, _PATIENCE)

    async def have_plans(self, billers: dict[str, Biller]) -> None:
        """Wait until the file of each import was checked and each row is planned."""
        ids = [biller.id for biller in billers.values()]
        await until(lambda: self.admin.fetchval(_PLANNED, ids, len(ids)), "plans by the old validation", _PATIENCE)

    async def have_ended(self, billers: dict[str, Biller]) -> None:
        """Wait until every service says that each import is completed, with all its rows."""
        ids = [biller.id for biller in billers.values()]

        async def completed() -> bool:
            return all(dict(told) == _COMPLETED for told in await self.admin.fetch(_TOLD, ids))

        await until(completed, "the end of the imports", _PATIENCE)

    async def ends(self, billers: dict[str, Biller]) -> dict[str, list[tuple[Any, ...]]]:
        """What the CRM holds and what became of the rows, by kind."""
        return {
            kind: [tuple(row) for statement in (_CRM, _ROWS) for row in await self.admin.fetch(statement, biller.id)]
            for kind, biller in billers.items()
        }


def _define(client: Client, content: dict[str, Any], file: Path) -> None:
    sent = Outgoing(file.name, file.stat().st_size, kind=content["kind"])
    reference = client.upload(content["biller"], sent, iter([file.read_bytes()]))
    asked = {name: value for name, value in content.items() if name != "biller"}
    known = {name: reference[name] for name in ("id", "sha256", "size")}
    client.define(asked | {"biller_id": content["biller"], "file": known}, uuid4())


@asynccontextmanager
async def _upgrading(folder: Path) -> AsyncIterator[Upgrade]:
    old = await last_release()

    async def migrate(postgres: EmbeddedPostgres) -> None:
        """By the last release, together with its topics."""

    async def set_up(kafka: EmbeddedKafka) -> None:
        surroundings = {"DSN": stack.postgres.dsn(), "BROKER": kafka.bootstrap}
        command = [str(old.python), "-c", _OLD_SETUP]
        child = spawn("old setup", command, run.log("old-setup"), environment=surroundings, directory=old.directory)
        assert await child.ended(limit=_PATIENCE) == 0, run.log("old-setup").read_text()

    run = RunDirectory(folder / "run")
    run.logs.mkdir(parents=True)
    stack = EmbeddedStack(run, _PARTS, wiring=Wiring(migrate, set_up))
    async with stack:
        admin = await asyncpg.connect(stack.postgres.dsn())
        try:
            await admin.execute(_PACE)
            yield Upgrade(stack, old, admin, folder)
        finally:
            await admin.close()


@pytest.fixture
async def upgrade(tmp_path: Path) -> AsyncIterator[Upgrade]:
    async with _upgrading(tmp_path) as one:
        yield one


async def test_the_last_release_is_replaced_in_the_middle_of_imports(upgrade: Upgrade) -> None:
    await upgrade.start("old", *_SERVICES)
    begun = await upgrade.imports("old")
    await upgrade.has_applied("old")

    await migrate_all(upgrade.stack.postgres.dsn(), {})
    await create_topics(KafkaSettings(kafka_bootstrap=upgrade.stack.kafka.bootstrap))
    migrated = await upgrade.admin.fetchval("SELECT now()")
    await upgrade.start("new", "mapping")
    read_by_old = await upgrade.imports("new")
    await upgrade.have_plans(read_by_old)
    await upgrade.start("new", "validation", "executor", "notifier")
    mixed = await upgrade.imports("old")
    await upgrade.has_applied("old", migrated)
    await upgrade.has_applied("new")

    await upgrade.stop("old")
    await upgrade.pace(0)
    await upgrade.have_ended(begun)
    await upgrade.have_ended(mixed)
    await upgrade.have_ended(read_by_old)
    alone = await upgrade.imports("new")
    await upgrade.have_ended(alone)

    undisturbed = await upgrade.ends(alone)
    assert await upgrade.ends(begun) == undisturbed
    assert await upgrade.ends(mixed) == undisturbed
    assert await upgrade.ends(read_by_old) == undisturbed
    for schema in ("mapping", "validation", "execution", "notification"):
        letters = await upgrade.admin.fetch(f"SELECT topic, reason, detail FROM {schema}.dead_letter")
        assert letters == [], schema
