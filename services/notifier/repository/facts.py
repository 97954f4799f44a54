"""What the tables of the other services say of an import."""

from typing import Any, Final
from uuid import UUID

from services.notifier.standing import Facts
from shared.approvals import Asked, asked
from shared.contracts.events import Counts, FinalState
from shared.contracts.outcomes import Outcome
from shared.postgres import Connection

# A job without a kind was cancelled before its approval and has no chunks. Before there is a job the plan tells how
# many there will be.
_FACTS: Final = """
SELECT c.check_no, c.state AS check_state, c.checked_at, c.planned, coalesce(c.undecided, '{}') AS undecided,
    EXISTS (SELECT FROM mapping.confirmation f WHERE f.import_id = i.id AND f.check_no = c.check_no)
        OR EXISTS (SELECT FROM mapping.answered_check a WHERE a.import_id = i.id AND a.check_no = c.check_no)
        AS is_checked_again,
    v.progress_check, CASE WHEN j.kind IS NOT NULL THEN j.started_at END AS started_at,
    CASE WHEN j.state = 'cancelled' THEN i.updated_at END AS cancelled_at, e.state AS end, e.finished_at AS ended_at,
    CASE
        WHEN j.kind IS NOT NULL THEN s.chunks
        WHEN v.chunks IS NULL AND c.state = 'approved' THEN
            (SELECT coalesce(max(p.chunk_no) + 1, 0) FROM validation.plan_row p WHERE p.import_id = i.id)
    END AS chunks,
    s.chunks_done, s.applied, s.no_change, s.skipped, s.held, s.failed,
    coalesce(
        j.paused_at IS NOT NULL AND j.continued_at IS NULL AND j.state = 'running' AND j.finished_at IS NULL, false
    ) AS is_paused,
    CASE WHEN j.state = 'running' AND j.finished_at IS NULL THEN j.waiting_since END AS waiting_since,
    d.approved_at, r.returned_at
FROM mapping.import i
JOIN import_view v ON v.import_id = i.id
LEFT JOIN validation.import_check c ON c.import_id = i.id
LEFT JOIN execution.job j ON j.import_id = i.id
LEFT JOIN execution.ended_job e ON e.import_id = i.id
LEFT JOIN mapping.decision d ON d.import_id = i.id AND d.code = 'C207'
LEFT JOIN mapping.returned r ON r.import_id = i.id AND r.check_no = c.check_no
CROSS JOIN LATERAL (
    SELECT count(*) AS chunks, count(counts) AS chunks_done,
        coalesce(sum((counts ->> 'applied')::int), 0) AS applied,
        coalesce(sum((counts ->> 'no_change')::int), 0) AS no_change,
        coalesce(sum((counts ->> 'skipped')::int), 0) AS skipped,
        coalesce(sum((counts ->> 'held')::int), 0) AS held,
        coalesce(sum((counts ->> 'failed')::int), 0) AS failed
    FROM execution.chunk WHERE import_id = i.id
) AS s
WHERE i.id = $1
"""
_CHECK_CODES: Final = "SELECT code, count FROM validation.finding WHERE import_id = $1"
# Beside what stands on the rows the reason why all of them were left.
_RESULT_CODES: Final = """
SELECT code, sum(rows::int)::int AS count
FROM execution.chunk CROSS JOIN LATERAL jsonb_each_text(codes) AS of_chunk (code, rows)
WHERE import_id = $1
GROUP BY code
UNION ALL
SELECT reason, 1 FROM execution.job WHERE import_id = $1 AND state = 'failed' AND reason IS NOT NULL
"""


async def read(connection: Connection, import_id: UUID) -> Facts:
    [record] = await connection.fetch(_FACTS, import_id)
    values: dict[str, Any] = dict(record)
    counts = Counts(**{outcome.value: values.pop(outcome.value) for outcome in Outcome})
    planned, end = values.pop("planned"), values.pop("end")
    is_held = values["check_state"] == "held" and not values["is_checked_again"]
    waits = await asked(connection, import_id) if is_held else None
    return Facts(
        **values,
        wait=None if waits is None else wait_of(waits),
        counts=counts,
        planned=None if planned is None else Counts.model_validate(planned),
        end=None if end is None else FinalState(end),
    )


def wait_of(waits: Asked) -> str:
    """Which wait for a second person it is: one and the same over all checks until somebody answers."""
    return "" if waits.answered_before is None else waits.answered_before.isoformat()


async def check_codes(connection: Connection, import_id: UUID) -> dict[str, int]:
    return {record["code"]: record["count"] for record in await connection.fetch(_CHECK_CODES, import_id)}


async def result_codes(connection: Connection, import_id: UUID) -> dict[str, int]:
    return {record["code"]: record["count"] for record in await connection.fetch(_RESULT_CODES, import_id)}
