"""Answers that somebody has given to a check and nobody has confirmed yet."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from services.mapping.records import Considered
from shared.auth import Person
from shared.postgres import Connection

# The moment of the statement, not of its transaction, which may have waited for the import's lock.
_CONSIDER: Final = """
INSERT INTO considered_answer (
    import_id, code, choice, count_seen, considered_by, considered_by_name, considered_at
)
VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp())
ON CONFLICT (import_id, code) DO UPDATE SET
    choice = excluded.choice, count_seen = excluded.count_seen, considered_by = excluded.considered_by,
    considered_by_name = excluded.considered_by_name, considered_at = excluded.considered_at
"""
_CONSIDERED: Final = """
SELECT code, choice, count_seen, coalesce(considered_by_name, considered_by) AS considered_by_name, considered_at
FROM considered_answer WHERE import_id = $1 ORDER BY code
"""
_CARRY: Final = """
INSERT INTO considered_answer (
    import_id, code, choice, count_seen, considered_by, considered_by_name, considered_at
)
SELECT $2, code, choice, count_seen, considered_by, considered_by_name, considered_at
FROM considered_answer WHERE import_id = $1
"""
_FORGET_OTHERS: Final = "DELETE FROM considered_answer WHERE import_id = $1 AND code <> ALL ($2::text[])"


async def consider(
    connection: Connection, import_id: UUID, answers: Mapping[str, str], counts: Mapping[str, int], person: Person
) -> None:
    for code, choice in answers.items():
        await connection.execute(_CONSIDER, import_id, code, choice, counts.get(code), person.subject, person.name)


async def settle(
    connection: Connection, import_id: UUID, answers: Mapping[str, str], counts: Mapping[str, int], person: Person
) -> None:
    """These were confirmed: they stand from now on, and what others considered beside them does not."""
    await connection.execute(_FORGET_OTHERS, import_id, list(answers))
    await consider(connection, import_id, answers, counts, person)


async def carry_answers(connection: Connection, before: UUID, after: UUID) -> None:
    """Answers given to a check hold for the one that replaces it, as far as it does not find more."""
    await connection.execute(_CARRY, before, after)


async def considered(connection: Connection, import_id: UUID) -> dict[str, Considered]:
    return {row["code"]: Considered(**row) for row in await connection.fetch(_CONSIDERED, import_id)}
