"""What the check saw for the rows in hand, beside what their plan keeps: hashes, in a temporary table of work.py."""

from dataclasses import dataclass
from typing import Final

from services.executor.domain import Chunk
from shared.postgres import Connection

_CLEAR: Final = "DELETE FROM work_seen"

_FILL: Final = """
    WITH filled AS (
        INSERT INTO work_seen (line_no, name, login, accounts, owner, role, enrollments, method, linked)
        SELECT s.line_no, s.name, s.login, s.accounts, s.owner, s.role, s.enrollments, s.method, s.linked
        FROM validation.plan_seen p
        CROSS JOIN LATERAL unnest(
            p.line_no, p.name, p.login, p.accounts, p.owner, p.role, p.enrollments, p.method, p.linked
        ) AS s (line_no, name, login, accounts, owner, role, enrollments, method, linked)
        WHERE p.import_id = $1 AND p.chunk_no = $2
        RETURNING accounts, owner, role
    )
    SELECT count(accounts) > 0 AS accounts, count(owner) > 0 AS owners, count(role) > 0 AS roles FROM filled
"""


@dataclass(frozen=True, slots=True)
class SeenFacts:
    """What there is to compare, so that statements with nothing to do are left out.

    A plan that an earlier version of the check wrote has nothing of the kind.
    """

    accounts: bool
    owners: bool
    roles: bool


async def fill(connection: Connection, chunk: Chunk) -> SeenFacts:
    await connection.execute(_CLEAR)
    [row] = await connection.fetch(_FILL, chunk.import_id, chunk.chunk_no)
    return SeenFacts(**row)
