"""What waits, since when and why, as an operator of the system sees it."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest
from typer.testing import CliRunner

from cli.__main__ import app
from cli.words import age
from tests.integration.administration.conftest import Answer

pytestmark = pytest.mark.usefixtures("set_up")
_IMPORT = """
    WITH realm AS (INSERT INTO crm.login_realm (name) VALUES ($2) RETURNING id),
         biller AS (INSERT INTO crm.biller (name, login_realm_id) SELECT $2, id FROM realm RETURNING id),
         file AS (
            INSERT INTO mapping.secure_file (id, biller_id, name, sha256, size, object_key, kind_hint, uploaded_by)
            SELECT $1::uuid, id, 'f.csv', '', 1, $2, 'paperless', 'ann' FROM biller RETURNING id
         ),
         import AS (
            INSERT INTO mapping.import
                (id, biller_id, kind, file_id, definition, requester, request_id, request_hash)
            SELECT $1, biller.id, 'paperless', file.id, '{}', '{"name": "Ann"}', $1, '' FROM biller, file
         )
    INSERT INTO notification.import_view (import_id, biller_id, kind, state, undecided, defined_at, updated_at)
    SELECT $1, id, 'paperless', $3, $4, now(), now() - interval '3 hours' FROM biller
"""
_LETTER = """
    INSERT INTO validation.dead_letter (topic, partition, record_offset, body, reason, detail, created_at)
    VALUES ('t', 0, $1, '', 'failing', 'x', now() - interval '2 days')
"""


@pytest.fixture
async def connection(admin_dsn: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connected = await asyncpg.connect(admin_dsn)
    yield connected
    await connected.close()


def _ops(*words: str) -> Answer:
    done = CliRunner().invoke(app, ["ops", *words], catch_exceptions=False)
    return Answer(done.stdout, None, done.exit_code)


@pytest.fixture
async def held(connection: "asyncpg.Connection[asyncpg.Record]") -> UUID:
    """An import that waits for a decision, beside one that ended."""
    waits, ended = uuid4(), uuid4()
    await connection.execute(_IMPORT, waits, f"Biller {waits}", "held", ["C202"])
    await connection.execute(_IMPORT, ended, f"Biller {ended}", "rejected", [])
    return waits


@pytest.fixture
async def letters(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    await connection.execute("DELETE FROM validation.dead_letter")
    for offset in range(2):
        await connection.execute(_LETTER, offset)


def test_imports_that_have_not_ended_say_what_they_wait_for(held: UUID) -> None:
    [told] = [one for one in _ops("imports", "--json").json if one["import_id"] == str(held)]
    assert (told["state"], told["undecided"]) == ("held", ["C202"])
    assert told["seconds"] > 3 * 3600 - 1
    lines = _ops("imports").output.splitlines()
    [line] = [line for line in lines if line.startswith(str(held))]
    assert line.split("\t")[3:6] == ["Needs a decision", "3 h", "a decision: C202"]
    assert not any("rejected" in line.casefold() for line in lines)


@pytest.mark.usefixtures("letters")
def test_queues_say_how_much_waits_and_since_when() -> None:
    [told] = [one for one in _ops("queues", "--json").json if one["queue"] == "dead letters"]
    assert (told["service"], told["waiting"]) == ("validation", 2)
    assert "validation\tdead letters\t2\t2 d" in _ops("queues").output.splitlines()


@pytest.mark.parametrize(
    ("seconds", "words"), [(None, ""), (0.4, "0 s"), (59, "59 s"), (61, "1 min"), (7200, "2 h"), (200_000, "2 d")]
)
def test_an_age_has_its_largest_unit(seconds: float | None, words: str) -> None:
    assert age(seconds) == words
