"""Where people get mail: the address of their last sign-in. The notifier reads it when it writes to them."""

from typing import Final

from shared.postgres import Connection

_LONGEST: Final = 320
_REMEMBER: Final = """
INSERT INTO mapping.person_address (subject, email) VALUES ($1, $2)
ON CONFLICT (subject) DO UPDATE SET email = $2, known_since = now() WHERE person_address.email <> $2
"""


async def remember(connection: Connection, subject: str, email: str) -> None:
    """Keep the address, if it is one. For mapping alone, which owns the table."""
    if _is_address(email):
        await connection.execute(_REMEMBER, subject, email)


def _is_address(text: str) -> bool:
    local, _, domain = text.rpartition("@")
    return all((local, domain, len(text) <= _LONGEST, text.isprintable())) and not set(text) & set(" <>,;")
