"""People with the name and the address that they had when they last signed in."""

from collections.abc import Collection
from typing import Final

from shared.auth import Person
from shared.postgres import Connection

# Whoever has not signed in for a year is forgotten: pages then show the ID of the account.
_REMEMBER: Final = """
WITH forgotten AS (DELETE FROM mapping.person WHERE seen_at < now() - interval '1 year' AND subject <> $1)
INSERT INTO mapping.person (subject, name, email) VALUES ($1, $2, $3)
ON CONFLICT (subject) DO UPDATE SET name = excluded.name, email = excluded.email, seen_at = now()
"""
_NAMES: Final = "SELECT subject, name FROM mapping.person WHERE subject = ANY ($1::text[]) AND name <> ''"


async def remember(connection: Connection, person: Person, email: str) -> None:
    """For mapping alone, which owns the table."""
    await connection.execute(_REMEMBER, person.subject, person.name, email)


async def names_of(connection: Connection, subjects: Collection[str]) -> dict[str, str]:
    return {row["subject"]: row["name"] for row in await connection.fetch(_NAMES, list(set(subjects)))}
