"""Rounds of an import: their state, the newest result of each row, and what was corrected."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

import asyncpg

from services.notifier.domain import Correction, Overview, State
from services.notifier.records import Part, Round, totals_of
from shared.contracts.definition import ImportDefinition
from shared.contracts.events import Counts
from shared.contracts.log_columns import mask_number
from shared.contracts.outcomes import Outcome
from shared.postgres import Connection

_ROUNDS: Final = """
SELECT i.retries AS of_import, i.id AS import_id, i.round, o.state, o.finished_at, o.requester_name, o.defined_at,
    i.retried, i.retried_codes, o.result_codes AS codes, o.applied,
    o.no_change, o.skipped, o.held, o.failed,
    (SELECT coalesce(sum(c.undone), 0)::int FROM execution.chunk c WHERE c.import_id = i.id) AS undone
FROM mapping.import i
JOIN import_standing o ON o.import_id = i.id
WHERE i.retries = ANY ($1::uuid[])
ORDER BY i.round
"""
_FIRST: Final = "SELECT mapping.first_import($1)"
# The import itself, and those of its rounds that have ended with results.
_PARTS: Final = """
SELECT i.id AS import_id, coalesce(i.round, 1) AS round, i.definition, f.object_key
FROM mapping.import i
JOIN mapping.secure_file f ON f.id = i.file_id
LEFT JOIN execution.job j ON j.import_id = i.id
WHERE i.id = $1 OR i.retries = $1 AND j.finished_at IS NOT NULL AND j.kind IS NOT NULL
ORDER BY 2
"""
_NEWEST: Final = """
SELECT r.*, part.round
FROM unnest($1::uuid[], $2::int[]) AS part (id, round)
CROSS JOIN LATERAL (
    SELECT r.line_no, r.outcome, r.codes, r.account_number, r.customer_id, r.login_id, r.for_log, r.changed,
        r.undone_by, r.undone_at, r.returned_to_paper_at
    FROM execution.row_result r
    WHERE r.import_id = part.id AND r.line_no > $3 AND ($4::int IS NULL OR r.line_no <= $4)
        AND ($5::text[] IS NULL OR r.outcome = ANY ($5)) AND ($6::text IS NULL OR $6 = ANY (r.codes))
        AND NOT EXISTS (
            SELECT
            FROM unnest($1::uuid[], $2::int[]) AS later (id, round)
            JOIN execution.row_result o ON o.import_id = later.id AND o.line_no = r.line_no
            WHERE later.round > part.round
        )
    ORDER BY r.line_no
    LIMIT $7
) AS r
ORDER BY r.line_no
LIMIT $7
"""
# What any check of the family saw bank data in is masked in all of it.
_CORRECTIONS: Final = """
WITH bank AS (
    SELECT DISTINCT unnest(k.bank_columns) AS place
    FROM mapping.import asked
    JOIN mapping.import f ON f.id = coalesce(asked.retries, asked.id) OR f.retries = coalesce(asked.retries, asked.id)
    JOIN validation.import_check k ON k.import_id = f.id
    WHERE asked.id = $1
)
SELECT coalesce(i.round, 1) AS round, c.line_no, c.column_name, c.before, c.after,
    c.place IS NOT NULL AND c.place IN (SELECT place FROM bank)
        AND c.column_name IS DISTINCT FROM i.definition #>> '{columns,routing_number}' AS is_bank,
    coalesce(c.corrected_by_name, i.requester ->> 'name') AS corrected_by,
    coalesce(c.corrected_at, i.created_at) AS corrected_at
FROM mapping.import i
JOIN mapping.correction c ON c.import_id = i.id
WHERE (i.id = $1 OR i.retries = $1) AND c.line_no > $2 AND ($3::int IS NULL OR c.line_no <= $3)
ORDER BY c.line_no, 1, c.column_name
LIMIT $4
"""


async def rounds_of(connection: Connection, import_id: UUID) -> list[Round]:
    return [_round(record) for record in await connection.fetch(_ROUNDS, [import_id])]


async def with_totals(connection: Connection, overviews: Sequence[Overview]) -> list[Overview]:
    """The same imports; those with rounds say how their rows stand after them, as their pages do."""
    records = await connection.fetch(_ROUNDS, [one.import_id for one in overviews])
    of_import: dict[UUID, list[Round]] = defaultdict(list)
    for record in records:
        of_import[record["of_import"]].append(_round(record))
    return [
        replace(one, totals=totals_of(one.counts, tried)) if (tried := of_import.get(one.import_id)) else one
        for one in overviews
    ]


async def first_of(connection: Connection, import_id: UUID) -> UUID:
    """The import that a round or an undo belongs to, whatever is between them."""
    first: UUID = await connection.fetchval(_FIRST, import_id)
    return first


async def parts_of(connection: Connection, import_id: UUID) -> list[Part]:
    """What an import's rows have their newest results from: itself and its rounds; of a round itself alone."""
    return [
        Part(**{**record, "definition": ImportDefinition.model_validate(_definition(record["definition"]))})
        for record in await connection.fetch(_PARTS, import_id)
    ]


async def newest(
    connection: Connection,
    parts: Sequence[Part],
    *,
    after: int,
    upto: int | None = None,
    limit: int | None,
    outcomes: Sequence[Outcome] | None = None,
    code: str | None = None,
) -> list[asyncpg.Record]:
    ids, numbers = [part.import_id for part in parts], [part.round for part in parts]
    wanted = None if outcomes is None else [outcome.value for outcome in outcomes]
    return list(await connection.fetch(_NEWEST, ids, numbers, after, upto, wanted, code, limit))


async def corrections_of(
    connection: Connection, import_id: UUID, *, after: int = 0, upto: int | None = None, limit: int | None = None
) -> list[Correction]:
    """What was corrected in an import before it ran and in its rounds, or in this round, line by line."""
    return [_correction(record) for record in await connection.fetch(_CORRECTIONS, import_id, after, upto, limit)]


def _definition(stored: dict[str, object]) -> object:
    return stored.get("of", stored)


def _round(record: asyncpg.Record) -> Round:
    values = dict(record)
    del values["of_import"]
    counts = Counts(**{outcome.value: values.pop(outcome.value) for outcome in Outcome})
    replaced = Counts.model_validate(values.pop("retried") or {})
    before = values.pop("retried_codes") or {}
    return Round(**{**values, "state": State(values["state"])}, counts=counts, replaced=replaced, replaced_codes=before)


def _correction(record: asyncpg.Record) -> Correction:
    values = dict(record)
    if values.pop("is_bank"):
        values |= {name: mask_number(values[name]) for name in ("before", "after")}
    return Correction(**values)
