"""Imports there were before: what they leave in the tables of the services, written by SQL instead of being run."""

from dataclasses import dataclass
from typing import Final

import asyncpg

_SECONDS: Final = 600.0

_IMPORTS: Final = """
WITH made AS (
    SELECT gen_random_uuid() AS id, n, now() - make_interval(days => 700 * n / $3) AS at
    FROM generate_series(1, $3::int) AS n
), file AS (
    INSERT INTO mapping.secure_file (id, biller_id, name, sha256, size, object_key, kind_hint, uploaded_by)
    SELECT id, $1, 'past.csv', 'past ' || n, 1, 'past/' || id, 'unknown', 'ivy' FROM made
), import AS (
    INSERT INTO mapping.import (id, biller_id, kind, file_id, definition, requester, request_id, request_hash, state)
    SELECT id, $1, $2, id, '{}', '{"subject": "ivy"}', id, '', 'completed' FROM made
), checked AS (
    INSERT INTO validation.import_check (
        import_id, biller_id, kind, file_sha256, state, row_keys, checked_at, finished_at
    )
    SELECT id, $1, $2, 'past ' || n, 'cancelled',
        ARRAY(SELECT n::bigint * 1000 + k FROM generate_series(1, $4::int) AS k), at, at
    FROM made
), job AS (
    INSERT INTO execution.job (import_id, biller_id, kind, state, check_no, finished_at)
    SELECT id, $1, $2, 'finished', 1, at FROM made
)
SELECT id FROM made ORDER BY n
"""
_FINISHED: Final = "UPDATE validation.import_check SET state = 'finished' WHERE import_id = ANY ($1::uuid[])"
_SAID: Final = """
INSERT INTO validation.outbox (event_id, topic, key, body, published_at, settled_at)
SELECT id, 'past', '', '', now(), now() FROM unnest($1::uuid[]) AS id
"""
_CHUNKS: Final = """
INSERT INTO execution.chunk (import_id, chunk_no, state, applied_at)
SELECT id, n, 'applied', now()
FROM unnest($1::uuid[], $2::int[]) AS made (id, rows)
CROSS JOIN LATERAL generate_series(0, (rows - 1) / 2000) AS n
"""
_PLAN: Final = """
INSERT INTO validation.plan_row (import_id, chunk_no, line_no, leader_line, verdict, codes, account_number, login_id)
SELECT made.id, n / 2000, n, n, 'apply', '{}', 'A' || n, l.id
FROM unnest($1::uuid[], $2::int[]) AS made (id, rows)
CROSS JOIN LATERAL generate_series(1, rows) AS n
LEFT JOIN crm.login l ON l.login_name = 'old' || n || '@example.com'
    AND l.realm_id = (SELECT login_realm_id FROM crm.biller WHERE id = $3)
"""
_SEEN: Final = """
INSERT INTO validation.plan_seen (import_id, chunk_no, line_no, name, login, accounts, owner, role, enrollments, method)
SELECT import_id, chunk_no, array_agg(line_no), array_agg(0), array_agg(0), array_agg(0), array_agg(0), array_agg(0),
    array_agg(0), array_agg(0)
FROM validation.plan_row
WHERE import_id = ANY ($1::uuid[])
GROUP BY import_id, chunk_no
"""
_RESULTS: Final = """
INSERT INTO execution.row_result (import_id, line_no, outcome, codes, account_number, login_id)
SELECT import_id, line_no, 'applied', codes, account_number, coalesce(login_id, 1000000 + line_no)
FROM validation.plan_row
WHERE import_id = ANY ($1::uuid[])
"""


@dataclass(frozen=True, slots=True)
class Past:
    """How many imports there were before, of how many rows."""

    imports: int
    rows: int  # of each
    largest: int  # but of one of them
    keys: int = 1_000  # that each has kept (C203)


async def make_past(connection: asyncpg.Connection, biller_id: int, kind: str, past: Past) -> None:
    """Finished imports of a biller, of the last two years."""
    made = [row["id"] for row in await connection.fetch(_IMPORTS, biller_id, kind, past.imports, past.keys)]
    sizes = [past.largest, *[past.rows] * (past.imports - 1)]
    await connection.execute(_FINISHED, made, timeout=_SECONDS)
    await connection.execute(_SAID, made)
    await connection.execute(_CHUNKS, made, sizes)
    await connection.execute(_PLAN, made, sizes, biller_id, timeout=_SECONDS)
    await connection.execute(_SEEN, made, timeout=_SECONDS)
    await connection.execute(_RESULTS, made, timeout=_SECONDS)
