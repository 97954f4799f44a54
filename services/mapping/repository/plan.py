"""The plan that validation wrote, without bank data: in pages, and a few rows of each kind of change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from services.mapping.planned import ALL_ROWS, ChangeFilter, PlannedRow, WantedRows
from services.mapping.views import RowOutcome
from shared.contracts.codes import CODES
from shared.contracts.codes.names import OTHER_OWNER
from shared.contracts.plan import LoginAction, Verdict
from shared.postgres import Connection

_COLUMNS: Final = ", ".join(PlannedRow.__slots__)
# Pages go by the primary key: nearly the order of the file, but rows that share a login stand together. Of a large plan
# only the chunks are read that may have such rows: a filter that is null, or words that nobody wrote, pass over none.
_PAGE: Final = """
SELECT {columns}
FROM validation.planned_row
WHERE import_id = $1 AND (chunk_no, line_no) > ($2::int, $3::int)
  AND ($4::text IS NULL OR verdict = $4) AND ($5::text IS NULL OR $5 = ANY (codes)) {and_also}
ORDER BY chunk_no, line_no LIMIT $6
"""
_ALL_ROWS: Final = _PAGE.format(columns=_COLUMNS, and_also="")
_MATCHES: Final = """
  AND chunk_no = ANY (ARRAY(
        SELECT c.chunk_no
        FROM validation.planned_chunk c
        WHERE c.import_id = $1 AND c.chunk_no >= $2
          AND ($4 = ANY (c.marks)) IS NOT FALSE AND ($5 = ANY (c.marks)) IS NOT FALSE
          AND (c.marks && $10::text[]) IS NOT FALSE AND (c.marks && $14::text[]) IS NOT FALSE
          AND ($7::int IS NULL OR c.chunk_no IN (
                SELECT o.chunk_no FROM validation.planned_row o WHERE o.import_id = $1 AND o.line_no = $7
          ))
          AND ($8::text IS NULL OR (validation.word_of($8) = ANY (c.words)) IS NOT FALSE)
  ))
  AND ($7::int IS NULL OR line_no = $7)
  AND ($8::text IS NULL OR lower($8) IN (
        lower(account_number), lower(email), lower(seen_login_email), lower(delivery_email)
  ))
  AND ($9::text IS NULL OR verdict = 'apply' AND CASE $9
        WHEN 'customer' THEN customer_id IS NULL
        WHEN 'customer_changed' THEN customer_id IS NOT NULL
        WHEN 'login' THEN login_action IN ('create_shell', 'create_invited', 'claim', 'link')
        WHEN 'login_created' THEN login_action IN ('create_shell', 'create_invited')
        WHEN 'login_changed' THEN login_action IN ('update_email', 'claim')
        WHEN 'login_email' THEN login_action = 'update_email'
        WHEN 'delivery_email' THEN delivery_email IS NOT NULL
        WHEN 'payment_method' THEN method_kind IS NOT NULL AND payment_method_id IS NULL
        WHEN 'owner' THEN 'C232' = ANY (codes) AND link_role IS NULL
      END)
  AND ($11::text[] IS NULL OR CASE
        WHEN $12::int IS NULL THEN enrollment_changes && $11
        ELSE enrollment_changes[$12] = ANY ($11)
      END)
  AND ($15::boolean IS NOT TRUE OR waits_for_customer)
  AND ($13::bigint[] IS NULL OR (verdict = 'apply' OR verdict = 'no_change' AND NOT 'W331' = ANY (codes)) AND EXISTS (
        SELECT
        FROM unnest($13) AS t (id)
        WHERE NOT EXISTS (
            SELECT FROM crm.invoice i WHERE i.customer_id = planned_row.customer_id AND i.invoice_type_id = t.id
        )
  ))
"""
_MATCHING: Final = _PAGE.format(columns=_COLUMNS, and_also=_MATCHES)
# Said once more in the words of the index on the rows that are not to be applied.
_MATCHING_NOT_APPLIED: Final = _PAGE.format(columns=_COLUMNS, and_also="AND verdict <> 'apply'" + _MATCHES)
# One of these is written of each chunk that has such a row.
_MARKS: Final = {
    ChangeFilter.CUSTOMER: ["makes customer"],
    ChangeFilter.CUSTOMER_CHANGED: [Verdict.APPLY],
    ChangeFilter.LOGIN: [LoginAction.CREATE_SHELL, LoginAction.CREATE_INVITED, LoginAction.CLAIM, LoginAction.LINK],
    ChangeFilter.LOGIN_CREATED: [LoginAction.CREATE_SHELL, LoginAction.CREATE_INVITED],
    ChangeFilter.LOGIN_CHANGED: [LoginAction.UPDATE_EMAIL, LoginAction.CLAIM],
    ChangeFilter.LOGIN_EMAIL: [LoginAction.UPDATE_EMAIL],
    ChangeFilter.DELIVERY_EMAIL: ["delivery email"],
    ChangeFilter.PAYMENT_METHOD: ["makes payment method"],
    ChangeFilter.OWNER: [OTHER_OWNER],
}
# Rows that were left out speak for no account.
_BESIDE: Final = """
WITH own AS MATERIALIZED (
    SELECT login_id FROM validation.planned_row WHERE import_id = $1 AND line_no = $2 AND login_id IS NOT NULL
)
SELECT line_no
FROM validation.planned_row
WHERE import_id = $1 AND line_no <> $2 AND NOT 'S404' = ANY (codes)
    AND (account_number = $3 OR login_id = (SELECT login_id FROM own))
    AND chunk_no = ANY (ARRAY(
        SELECT chunk_no
        FROM validation.planned_chunk
        WHERE import_id = $1 AND (
            (validation.word_of($3) = ANY (words)) IS NOT FALSE
            OR validation.word_of((SELECT login_id FROM own)) = ANY (words)
        )
    ))
ORDER BY line_no
LIMIT $4
"""
# All verdicts but that of rows to apply, in the words of the index on those rows.
_OF_ACCOUNTS: Final = """
SELECT account_number, array_agg(line_no ORDER BY line_no) AS lines
FROM validation.planned_row
WHERE import_id = $1 AND verdict <> 'apply' AND verdict IN ('held', 'failed', 'skipped', 'no_change')
    AND account_number = ANY ($2::text[])
GROUP BY account_number
"""
_RESULTS: Final = """
SELECT line_no, outcome, codes, changed FROM execution.row_result WHERE import_id = $1 AND line_no = ANY ($2::int[])
"""
_ROWS_REMOVED_AT: Final = "SELECT rows_removed_at FROM validation.import_check WHERE import_id = $1"
# Only the first rows are looked through: a kind that is rare in a million rows must not cost reading all of them.
_SAMPLES: Final = _COLUMNS.join(
    (
        """
WITH first AS (
    SELECT chunk_no, line_no, codes, customer_id, login_action, seen_enrollments, delivery_email, method_kind,
        payment_method_id
    FROM validation.planned_row
    WHERE import_id = $1 AND verdict = 'apply' ORDER BY chunk_no, line_no LIMIT $2
), ranked AS (
    SELECT chunk_no, line_no, k.kind, row_number() OVER (
        PARTITION BY k.kind
        ORDER BY (customer_id IS NULL)::int + (login_action <> 'none')::int + (delivery_email IS NOT NULL)::int
            + (method_kind IS NOT NULL AND payment_method_id IS NULL)::int + cardinality(codes) DESC, chunk_no, line_no
    ) AS place
    FROM first
    CROSS JOIN LATERAL (VALUES
        ('customer', customer_id IS NULL),
        ('login_email', login_action = 'update_email'),
        ('login', login_action IN ('create_shell', 'create_invited', 'claim', 'link')),
        ('delivery_email', delivery_email IS NOT NULL),
        ('payment_method', method_kind IS NOT NULL AND payment_method_id IS NULL),
        ('enrolment', seen_enrollments IS NOT NULL)
    ) AS k (kind, occurs)
    WHERE k.occurs
), chosen AS MATERIALIZED (
    -- No more than these, of six kinds, as the planner has to know: each is looked up by its key.
    SELECT chunk_no, line_no, kind, place FROM ranked WHERE place <= $3 LIMIT 6 * $3
)
SELECT """,
        """, kind
FROM chosen
JOIN validation.planned_row USING (chunk_no, line_no)
WHERE import_id = $1
ORDER BY kind, place
""",
    )
)
_ROWS_LOOKED_THROUGH: Final = 5_000


@dataclass(frozen=True, slots=True)
class WantedEnrollments:
    """Rows that change an enrollment in one of these ways: of any invoice type, or at this place of them, from 1.

    Or, with ``without_bill``, rows whose customer has no bill of one of these types, by id, as of now (import-11).
    """

    changes: Sequence[str] | None = None
    place: int | None = None
    without_bill: Sequence[int] | None = None
    waits: bool = False  # until the customer has confirmed it

    @property
    def marks(self) -> Sequence[str] | None:
        """One of these is written of each chunk that has such a row; of bills as they were soon after the check."""
        if self.without_bill is not None:
            return [f"no bill {type_id}" for type_id in self.without_bill]
        if self.changes is None or self.place is None:
            return self.changes
        return [f"{change} {self.place}" for change in self.changes]


ALL_ENROLLMENTS: Final = WantedEnrollments()


async def page(
    connection: Connection,
    import_id: UUID,
    wanted: WantedRows = ALL_ROWS,
    enrollments: WantedEnrollments = ALL_ENROLLMENTS,
    *,
    after: tuple[int, int] = (-1, 0),
    limit: int,
) -> list[PlannedRow]:
    verdict, code = wanted.verdict, wanted.code
    given = (import_id, *after, verdict, code, limit)
    is_not_applied = verdict not in (None, Verdict.APPLY) or bool(code and code in CODES and CODES[code].keeps_out)
    by_enrollment = (enrollments.changes, enrollments.place, enrollments.without_bill)
    if wanted == ALL_ROWS and enrollments == ALL_ENROLLMENTS:
        found = await connection.fetch(_ALL_ROWS, *given)
    else:
        matches = (wanted.line, wanted.text, wanted.change, _MARKS[wanted.change] if wanted.change else None)
        statement = _MATCHING_NOT_APPLIED if is_not_applied else _MATCHING
        found = await connection.fetch(
            statement, *given, *matches, *by_enrollment, enrollments.marks, enrollments.waits
        )
    return [_row(record) for record in found]


async def lines_of_accounts(connection: Connection, import_id: UUID, numbers: Sequence[str]) -> dict[str, list[int]]:
    """The rows of these account numbers that are not to be applied."""
    found = await connection.fetch(_OF_ACCOUNTS, import_id, list(numbers))
    return {row["account_number"]: row["lines"] for row in found}


async def lines_beside(connection: Connection, import_id: UUID, line: int, number: str, limit: int) -> list[int]:
    """The first other rows of this account number, or of the login that the row on this line was found to have."""
    found = await connection.fetch(_BESIDE, import_id, line, number, limit)
    return [row["line_no"] for row in found]


async def rows_removed_at(connection: Connection, import_id: UUID) -> datetime | None:
    """When the plan was removed after its retention period; None while it is there."""
    removed_at: datetime | None = await connection.fetchval(_ROWS_REMOVED_AT, import_id)
    return removed_at


async def samples(connection: Connection, import_id: UUID, limit: int) -> dict[str, list[PlannedRow]]:
    """Rows of each kind of change, those that change most first, among the first that will be applied."""
    kinds: dict[str, list[PlannedRow]] = {}
    for record in await connection.fetch(_SAMPLES, import_id, _ROWS_LOOKED_THROUGH, limit):
        kinds.setdefault(record["kind"], []).append(_row(record))
    return kinds


def _row(record: Any) -> PlannedRow:
    values = {name: record[name] for name in PlannedRow.__slots__}
    return PlannedRow(
        **values | {"verdict": Verdict(record["verdict"]), "login_action": LoginAction(record["login_action"])}
    )


async def results(connection: Connection, import_id: UUID, lines: Sequence[int]) -> dict[int, RowOutcome]:
    """What became of the rows on these lines; nothing of those that have not been applied yet."""
    return {
        row["line_no"]: RowOutcome(outcome=row["outcome"], codes=row["codes"], changed=row["changed"] or [])
        for row in await connection.fetch(_RESULTS, import_id, list(lines))
    }
