"""One row that somebody corrects: which import it is of, and what was decided of it."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from shared.contracts.codes.names import DAY_OR_MONTH, SHORTENED, STOP_WORDS, UNKNOWN_WORDS
from shared.contracts.kinds import ImportKind
from shared.contracts.plan import Verdict
from shared.contracts.row_check import RowJudged
from shared.postgres import Connection

# Its rows can be corrected while its check waits for somebody ($2: false), and again once it has ended ($2: true).
_CHECKED: Final = """
SELECT c.biller_id, c.kind, c.check_no,
    CASE WHEN $2 THEN EXISTS (
        SELECT FROM execution.job j
        WHERE j.import_id = c.import_id AND j.finished_at IS NOT NULL AND j.kind IS NOT NULL
    ) ELSE c.state = 'held' AND i.state <> 'cancelled' END AS is_open
FROM import_check c JOIN mapping.import i ON i.id = c.import_id
WHERE c.import_id = $1 AND c.undoes IS NULL
"""
# What a whole column says is known from the checks of the import and its rounds.
_DOUBTS: Final = """
SELECT DISTINCT f.code
FROM mapping.import i
JOIN mapping.import p ON p.id = coalesce(i.retries, i.id) OR p.retries = coalesce(i.retries, i.id)
JOIN finding f ON f.import_id = p.id
WHERE i.id = $1 AND f.code = ANY ($2::text[])
"""
_JUDGED: Final = "SELECT verdict, codes FROM plan_row WHERE import_id = $1 AND line_no = $2"


@dataclass(frozen=True, slots=True)
class Checked:
    """An import that was checked; ``check_no`` is that of its newest check, ``is_open``: its rows can be corrected."""

    biller_id: int
    kind: ImportKind
    check_no: int
    is_open: bool


async def find(connection: Connection, import_id: UUID, *, is_tried_again: bool) -> Checked | None:
    row = await connection.fetchrow(_CHECKED, import_id, is_tried_again)
    return None if row is None else Checked(**{**row, "kind": ImportKind(row["kind"])})


async def doubts(connection: Connection, import_id: UUID) -> frozenset[str]:
    """The codes of what whole columns of the file left in doubt, or said."""
    rows = await connection.fetch(_DOUBTS, import_id, [DAY_OR_MONTH, SHORTENED, STOP_WORDS, UNKNOWN_WORDS])
    return frozenset(row["code"] for row in rows)


async def judged(connection: Connection, plan_id: UUID, line: int) -> RowJudged | None:
    """What this plan says of the row; None where there is no row on this line."""
    row = await connection.fetchrow(_JUDGED, plan_id, line)
    return None if row is None else RowJudged(verdict=Verdict(row["verdict"]), codes=tuple(row["codes"]))
