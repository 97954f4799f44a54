"""The rows in hand: those of the chunk that are to be applied, in a temporary table, and what was changed for each."""

from collections.abc import Sequence
from typing import Final

from services.executor.domain import Chunk, Shape
from shared.postgres import Connection

# Temporary tables live as long as the connection; each transaction leaves them empty. The planner knows their real
# size, which it would have to guess for a part of validation.plan_row. A change is JSON, kept as text because it is
# read once, all changes of a row together.
_CREATE: Final = """
    CREATE TEMPORARY TABLE IF NOT EXISTS work_row (
        LIKE validation.plan_row, customer_made boolean, login_made boolean, record_id bigint,
        kept_types bigint[]
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE IF NOT EXISTS work_change (line_no int NOT NULL, change text NOT NULL) ON COMMIT DELETE ROWS
"""

_CLEAR: Final = "DELETE FROM work_row; DELETE FROM work_change"

_FILL: Final = """
    WITH filled AS (
        INSERT INTO work_row
        SELECT * FROM validation.plan_row
        WHERE import_id = $1 AND chunk_no = $2 AND verdict = 'apply'
            AND ($3::int[] IS NULL OR leader_line IN (SELECT unnest($3::int[])))
        RETURNING customer_id, login_action, owner_id, link_role, payment_method_id, fingerprint, authorized_on,
            authorization_channel, authorization_reference, evidence
    )
    SELECT count(*) AS rows,
        coalesce(bool_or(customer_id IS NULL), false) AS creates_customers,
        coalesce(bool_or(login_action IN ('create_shell', 'create_invited')), false) AS creates_logins,
        coalesce(bool_or(login_action IN ('create_shell', 'create_invited', 'link')), false) AS links,
        coalesce(bool_or(owner_id IS NOT NULL AND link_role IS NULL), false) AS replaces_owners,
        coalesce(bool_or(login_action = 'claim'), false) AS claims,
        coalesce(bool_or(login_action = 'update_email'), false) AS updates_email,
        coalesce(
            bool_or(num_nonnulls(authorized_on, authorization_channel, authorization_reference, evidence) > 0), false
        ) AS has_records,
        coalesce(bool_or(payment_method_id IS NOT NULL), false) AS has_methods,
        coalesce(bool_or(payment_method_id IS NULL AND fingerprint IS NOT NULL), false) AS needs_methods
    FROM filled
"""

_LEADERS: Final = "SELECT DISTINCT leader_line FROM work_row ORDER BY leader_line"


async def fill(connection: Connection, chunk: Chunk, groups: Sequence[int] | None = None) -> Shape:
    """Take the rows to apply into hand: of the whole chunk, or of some of its groups."""
    await connection.execute(_CREATE)
    await connection.execute(_CLEAR)
    [row] = await connection.fetch(_FILL, chunk.import_id, chunk.chunk_no, groups)
    return Shape(**row)


async def leaders(connection: Connection) -> list[int]:
    """The groups in hand."""
    return [row["leader_line"] for row in await connection.fetch(_LEADERS)]
