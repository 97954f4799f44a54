"""What people see. Who may see which biller is part of each list, so that a page is never thinned out afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.notifier.domain import Overview, Result, State
from services.notifier.records import (
    Decided,
    Finding,
    MailState,
    Part,
    RecipeOfImport,
    Row,
    Search,
    Source,
    TrailEntry,
    Undoing,
)
from services.notifier.repository import rounds
from services.notifier.repository.pauses import with_pauses
from services.notifier.repository.queue import with_place
from shared.contracts.codes import CODES
from shared.contracts.definition import ImportDefinition
from shared.contracts.events import Counts
from shared.contracts.kinds import ImportKind
from shared.contracts.lines import ChosenRows
from shared.contracts.outcomes import Outcome
from shared.postgres import Connection

# A right at the biller wins over the right at every biller (shared/rights.py says the same for one biller).
# An import that its draft has replaced by another check is no work of its own: it is found by a search.
_LIST: Final = """
WITH visible AS (
    SELECT DISTINCT ON (b.id) b.id AS biller_id, r.permission
    FROM crm.biller b JOIN crm.operator_right r ON r.biller_id = b.id OR r.biller_id IS NULL
    WHERE r.subject = $1
    ORDER BY b.id, r.biller_id NULLS LAST
)
SELECT o.import_id, o.biller_id, o.kind, o.state, o.phase, o.verdict_phase, o.check_no, o.progress_check, o.rows_read,
    o.bytes_read, o.bytes_total, o.planned, o.check_codes, o.result_codes, o.undecided, o.chunks, o.chunks_done,
    o.applied, o.no_change, o.skipped, o.held, o.failed, o.defined_at, o.started_at, o.finished_at, o.revision,
    o.updated_at, o.waiting_since, o.waiting_reason, o.biller_name, o.file_name, o.requester_name, o.requester_subject,
    o.undoes, o.retries, o.round, o.in_review_since
FROM import_standing o JOIN visible USING (biller_id)
WHERE (visible.permission = 'all' OR o.kind = 'paperless')
  AND ($2::text[] IS NULL OR o.state = ANY ($2))
  AND ($3::bigint IS NULL OR o.biller_id = $3)
  AND ($4::text IS NULL OR o.kind = $4)
  AND ($5::text IS NULL OR o.requester_subject = $5 OR strpos(lower(o.requester_name), lower($5)) > 0)
  AND ($6::text IS NULL OR strpos(lower(o.file_name), lower($6)) > 0 OR strpos(lower(o.biller_name), lower($6)) > 0
       OR starts_with(o.import_id::text, lower($6)))
  AND ($7::uuid IS NULL
       OR (o.defined_at, o.import_id) < (SELECT defined_at, import_id FROM import_view WHERE import_id = $7))
  AND ($8::bigint IS NULL OR o.revision > $8 OR o.state = ANY ($9))
  AND ($10::uuid[] IS NULL OR o.import_id = ANY ($10))
  AND ($6 IS NOT NULL OR $8 IS NOT NULL OR $10 IS NOT NULL OR o.state <> 'cancelled'
       OR NOT EXISTS (SELECT FROM execution.job j WHERE j.import_id = o.import_id AND j.reason = 'replaced'))
  AND ($12::timestamptz IS NULL OR o.finished_at >= $12) AND ($13::timestamptz IS NULL OR o.finished_at < $13)
ORDER BY o.defined_at DESC, o.import_id DESC
LIMIT $11
"""
_ONE: Final = """
SELECT import_id, biller_id, kind, state, phase, verdict_phase, check_no, progress_check, rows_read, bytes_read,
    bytes_total, planned, check_codes, result_codes, undecided, chunks, chunks_done, applied, no_change, skipped, held,
    failed, defined_at, started_at, finished_at, revision, updated_at, waiting_since, waiting_reason, biller_name,
    file_name, requester_name, requester_subject, undoes, retries, round,
    in_review_since
FROM import_standing WHERE import_id = $1
"""
_FINDINGS: Final = """
SELECT code, count, detail, sample_lines[:20] AS sample_lines FROM validation.finding
WHERE import_id = $1 ORDER BY code
"""
_ROWS: Final = """
SELECT line_no, outcome, codes, account_number, customer_id, login_id, for_log, changed, undone_by, undone_at,
    returned_to_paper_at
FROM execution.row_result
WHERE import_id = $1 AND line_no > $2
  AND ($3::text[] IS NULL OR outcome = ANY ($3)) AND ($4::text IS NULL OR $4 = ANY (codes)) {and_also}
ORDER BY line_no LIMIT $5
"""
_ALL_ROWS: Final = _ROWS.format(and_also="")
# Said once more in the words of the index on the rows that were not applied.
_ROWS_NOT_APPLIED: Final = _ROWS.format(and_also="AND outcome <> 'applied'")
_ROWS_OF_LINES: Final = _ROWS.format(and_also="AND line_no = ANY ($6::int[])")
# Of a code that stands on few rows the check has kept them all.
_LINES_OF_CODE: Final = """
SELECT sample_lines FROM validation.finding
WHERE import_id = $1 AND code = $2 AND count = cardinality(sample_lines)
"""
_ROWS_REMOVED_AT: Final = "SELECT rows_removed_at FROM execution.job WHERE import_id = $1"
_UNDOING: Final = """
SELECT (SELECT coalesce(sum(undone), 0)::int FROM execution.chunk WHERE import_id = ANY (part.ids)) AS undone,
    ARRAY(SELECT u.id FROM mapping.import u WHERE u.undoes = ANY (part.ids) ORDER BY u.created_at, u.id) AS undone_by,
    CASE WHEN i.undoes IS NOT NULL THEN i.definition -> 'rows' END AS chosen
FROM mapping.import i
CROSS JOIN LATERAL (SELECT i.id || ARRAY(SELECT r.id FROM mapping.import r WHERE r.retries = i.id) AS ids) AS part
WHERE i.id = $1
"""
_CHANGED: Final = """
SELECT DISTINCT name FROM execution.chunk CROSS JOIN LATERAL unnest(changed) AS of_chunk (name)
WHERE import_id = $1 ORDER BY name
"""
_TRAIL: Final = """
SELECT event_id, event, occurred_at, detail FROM trail
WHERE import_id = $1 AND ($2::uuid IS NULL
    OR (occurred_at, event_id) > (SELECT occurred_at, event_id FROM trail WHERE event_id = $2 AND import_id = $1))
ORDER BY occurred_at, event_id LIMIT $3
"""
_RESULTS: Final = """
SELECT line_no, outcome, codes, customer_id, login_id, for_log, changed, undone_by, undone_at, returned_to_paper_at
FROM execution.row_result
WHERE import_id = $1 AND line_no > $2 AND ($3::int IS NULL OR line_no <= $3)
  AND ($4::text[] IS NULL OR outcome = ANY ($4))
ORDER BY line_no LIMIT $5
"""
_OF_RESULT: Final = (
    "line_no",
    "undone_by",
    "undone_at",
    "round",
    "codes",
    "customer_id",
    "login_id",
    "returned_to_paper_at",
)
# What any check of the family saw bank data in is masked in all of it: rounds bring rows into the log of an import, and
# the check of an undo reads no file.
_SOURCE: Final = """
WITH RECURSIVE family AS (
    SELECT mapping.first_import($1) AS id
    UNION ALL
    SELECT i.id FROM family f JOIN mapping.import i ON i.undoes = f.id OR i.retries = f.id
)
SELECT coalesce(i.definition -> 'of', i.definition) AS definition, i.undoes IS NOT NULL AS is_undo, f.object_key,
    ARRAY(
        SELECT DISTINCT unnest(c.bank_columns) FROM family JOIN validation.import_check c ON c.import_id = family.id
    ) AS bank_columns,
    j.rows_removed_at IS NOT NULL AS rows_removed,
    EXISTS (SELECT FROM mapping.correction k WHERE k.import_id = i.id) AS is_corrected
FROM mapping.import i
JOIN mapping.secure_file f ON f.id = i.file_id
LEFT JOIN execution.job j ON j.import_id = i.id
WHERE i.id = $1
"""
_MAILS: Final = """
SELECT m.recipient_id, r.email, m.message_id, m.state, m.attempts, m.not_before, m.last_problem, m.queued_at, m.sent_at,
    m.about, m.pause_sent_at
FROM mail m LEFT JOIN mapping.log_recipient r ON r.id = m.recipient_id
WHERE m.import_id = $1 ORDER BY m.queued_at, m.recipient_id
"""
_BILLERS: Final = """
SELECT b.id, b.name FROM crm.biller b
WHERE EXISTS (SELECT FROM crm.operator_right r WHERE r.subject = $1 AND (r.biller_id = b.id OR r.biller_id IS NULL))
ORDER BY b.name LIMIT 500
"""
_BILLER_NAME: Final = "SELECT name FROM crm.biller WHERE id = $1"
# A second person agrees in the transaction that confirms, so both have its time.
_DECIDED: Final = """
SELECT c.check_no,
    coalesce(
        (SELECT max(d.decided_by_name) FROM mapping.decision d
         WHERE d.import_id = c.import_id AND d.decided_by = c.confirmed_by),
        CASE WHEN i.requester ->> 'subject' = c.confirmed_by THEN i.requester ->> 'name' END,
        c.confirmed_by
    ) AS decided_by,
    (SELECT max(coalesce(d.approved_by_name, d.approved_by)) FROM mapping.decision d
     WHERE d.import_id = c.import_id AND d.approved_at = c.confirmed_at) AS approved_by
FROM mapping.confirmation c JOIN mapping.import i ON i.id = c.import_id WHERE c.import_id = $1
"""
_RETURNED: Final = """
SELECT note, returned_by_name AS returned_by, returned_at
FROM mapping.returned WHERE import_id = $1 ORDER BY returned_at
"""
_RECIPE: Final = """
SELECT r.id, r.name, i.recipe_version AS version
FROM mapping.import i JOIN mapping.recipe r ON r.id = i.recipe_id WHERE i.id = $1
"""


@dataclass(frozen=True, slots=True)
class Returned:
    """That a second person did not approve, and why."""

    note: str
    returned_by: str
    returned_at: datetime


async def list_imports(connection: Connection, subject: str, search: Search) -> list[Overview]:
    records = await connection.fetch(
        _LIST,
        subject,
        None if search.states is None else [state.value for state in search.states],
        search.biller_id,
        None if search.kind is None else search.kind.value,
        search.person,
        search.text,
        search.after,
        search.changed_since,
        [state.value for state in search.or_state],
        None if search.import_ids is None else list(search.import_ids),
        search.limit,
        search.ended_from,
        search.ended_before,
    )
    found = await rounds.with_totals(connection, [_overview(one) for one in records])
    return await with_pauses(connection, await with_place(connection, subject, found))


async def find_import(connection: Connection, import_id: UUID) -> Overview | None:
    record = await connection.fetchrow(_ONE, import_id)
    return None if record is None else _overview(record)


async def findings_of(connection: Connection, import_id: UUID) -> list[Finding]:
    return [Finding(**record) for record in await connection.fetch(_FINDINGS, import_id)]


async def rows_of(
    connection: Connection,
    import_id: UUID,
    *,
    after: int,
    limit: int,
    outcomes: Sequence[Outcome] | None = None,
    code: str | None = None,
) -> list[Row]:
    """Results in the order of the file, from the line after ``after``; of a row in several rounds the newest."""
    parts = await rounds.parts_of(connection, import_id)
    if len(parts) > 1:
        found = await rounds.newest(connection, parts, after=after, limit=limit, outcomes=outcomes, code=code)
        return [Row(**{**record, **_result(record)}) for record in found]
    given = (import_id, after, _values(outcomes), code, limit)
    if (outcomes and Outcome.APPLIED not in outcomes) or (code and code in CODES and CODES[code].keeps_out):
        records = await connection.fetch(_ROWS_NOT_APPLIED, *given)
    elif code and (lines := await connection.fetchval(_LINES_OF_CODE, import_id, code)) is not None:
        records = await connection.fetch(_ROWS_OF_LINES, *given, lines)
    else:
        records = await connection.fetch(_ALL_ROWS, *given)
    return [Row(**{**record, **_result(record)}) for record in records]


async def rows_removed_at(connection: Connection, import_id: UUID) -> datetime | None:
    """When the results were removed after their retention period; None while they are there."""
    removed_at: datetime | None = await connection.fetchval(_ROWS_REMOVED_AT, import_id)
    return removed_at


async def undoing_of(connection: Connection, import_id: UUID) -> Undoing:
    rows = await connection.fetch(_UNDOING, import_id)
    if not rows:
        return Undoing()
    chosen = rows[0]["chosen"] and ChosenRows.model_validate(rows[0]["chosen"])
    return Undoing(**{**rows[0], "chosen": chosen})


async def changed_of(connection: Connection, import_id: UUID) -> list[str]:
    """What the whole import depends on and was no longer as the check saw it: names of facts."""
    return [record["name"] for record in await connection.fetch(_CHANGED, import_id)]


async def trail_of(connection: Connection, import_id: UUID, *, after: UUID | None, limit: int) -> list[TrailEntry]:
    return [TrailEntry(**record) for record in await connection.fetch(_TRAIL, import_id, after, limit)]


async def results_of(
    connection: Connection,
    parts: Sequence[Part],
    *,
    after: int,
    upto: int | None,
    limit: int | None,
    outcomes: Sequence[Outcome] | None,
) -> list[Result]:
    """The results for the log, in the order of the file; of a row in several rounds the newest."""
    if len(parts) > 1:
        found = await rounds.newest(connection, parts, after=after, upto=upto, limit=limit, outcomes=outcomes)
        return [Result(**{name: record[name] for name in _OF_RESULT} | _result(record)) for record in found]
    [part] = parts
    records = await connection.fetch(_RESULTS, part.import_id, after, upto, _values(outcomes), limit)
    return [Result(**{**record, **_result(record)}) for record in records]


async def source_of(connection: Connection, import_id: UUID) -> Source:
    record = await connection.fetchrow(_SOURCE, import_id)
    if record is None:
        raise LookupError("an import that the view knows has no definition")
    definition = ImportDefinition.model_validate(record["definition"])
    return Source(
        definition,
        record["object_key"],
        record["bank_columns"],
        rows_removed=record["rows_removed"],
        is_undo=record["is_undo"],
        is_corrected=record["is_corrected"],
    )


async def mails_of(connection: Connection, import_id: UUID) -> list[MailState]:
    return [MailState(**record) for record in await connection.fetch(_MAILS, import_id)]


async def decided(connection: Connection, import_id: UUID) -> dict[int, Decided]:
    rows = await connection.fetch(_DECIDED, import_id)
    return {row["check_no"]: Decided(row["decided_by"], row["approved_by"]) for row in rows}


async def returned(connection: Connection, import_id: UUID) -> list[Returned]:
    return [Returned(**row) for row in await connection.fetch(_RETURNED, import_id)]


async def recipe_of(connection: Connection, import_id: UUID) -> RecipeOfImport | None:
    rows = await connection.fetch(_RECIPE, import_id)
    return RecipeOfImport(**rows[0]) if rows else None


async def biller_name(connection: Connection, biller_id: int) -> str | None:
    name: str | None = await connection.fetchval(_BILLER_NAME, biller_id)
    return name


async def billers_of(connection: Connection, subject: str) -> list[tuple[int, str]]:
    return [(row["id"], row["name"]) for row in await connection.fetch(_BILLERS, subject)]


def _result(record: asyncpg.Record) -> dict[str, Any]:
    return {
        "outcome": Outcome(record["outcome"]),
        "for_log": record["for_log"] or {},
        "changed": record["changed"] or (),
    }


def _values(outcomes: Sequence[Outcome] | None) -> list[str] | None:
    return None if outcomes is None else [outcome.value for outcome in outcomes]


def _overview(record: asyncpg.Record) -> Overview:
    values = dict(record)
    counts = Counts(**{outcome.value: values.pop(outcome.value) for outcome in Outcome})
    planned = values.pop("planned")
    codes = values.pop("check_codes") | values.pop("result_codes")  # those of the rows win
    values["kind"] = ImportKind(values["kind"])
    values["state"] = State(values["state"])
    plan = None if planned is None else Counts.model_validate(planned)
    return Overview(counts=counts, planned=plan, codes=codes, **values)
