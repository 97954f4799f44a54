"""People with the name and the address that they had when they last signed in or asked for an import."""

from collections.abc import Collection
from typing import Final

from shared.auth import Person
from shared.postgres import Connection

_LONGEST: Final = 320
# Whoever was not seen for a year is forgotten: pages then show the ID of the account.
_REMEMBER: Final = """
WITH forgotten AS (DELETE FROM mapping.person WHERE seen_at < now() - interval '1 year' AND subject <> $1)
INSERT INTO mapping.person (subject, name, email) VALUES ($1, $2, $3)
ON CONFLICT (subject) DO UPDATE
SET name = excluded.name, email = coalesce(nullif(excluded.email, ''), person.email), seen_at = now()
"""
_NAMES: Final = "SELECT subject, name FROM mapping.person WHERE subject = ANY ($1::text[]) AND name <> ''"


async def remember(connection: Connection, person: Person, verified_email: str = "") -> None:
    """For mapping alone, which owns the table. An address that the token does not tell stays as it was."""
    email = verified_email or person.email
    await connection.execute(_REMEMBER, person.subject, person.name, email if _is_address(email) else "")


async def names_of(connection: Connection, subjects: Collection[str]) -> dict[str, str]:
    return {row["subject"]: row["name"] for row in await connection.fetch(_NAMES, list(set(subjects)))}


def _is_address(text: str) -> bool:
    local, _, domain = text.rpartition("@")
    return all((local, domain, len(text) <= _LONGEST, text.isprintable())) and not set(text) & set(" <>,;")
