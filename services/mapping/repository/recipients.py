"""The address book of those who get logs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.auth import Person
from shared.postgres import Connection


@dataclass(frozen=True, slots=True)
class Recipient:
    """An entry of a biller's address book."""

    id: UUID
    email: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who gets the log of an import. ``chosen_by`` is None where only the definition names them."""

    recipients: tuple[UUID, ...]
    chosen_by: str | None
    chosen_at: datetime | None
    chosen_by_name: str | None = None


async def list_recipients(connection: Connection, biller_id: int) -> list[Recipient]:
    rows = await connection.fetch(
        "SELECT id, email FROM log_recipient WHERE biller_id = $1 ORDER BY lower(email)", biller_id
    )
    return [Recipient(row["id"], row["email"]) for row in rows]


async def add(connection: Connection, biller_id: int, email: str, added_by: str) -> Recipient:
    """The entry with this address, made if there is none."""
    row = await connection.fetchrow(
        "INSERT INTO log_recipient (biller_id, email, added_by) VALUES ($1, $2, $3) "
        "ON CONFLICT (biller_id, lower(email)) DO UPDATE SET email = log_recipient.email RETURNING id, email",
        biller_id,
        email,
        added_by,
    )
    if row is None:
        raise LookupError("The statement gives its row")
    return Recipient(row["id"], row["email"])


async def remove(connection: Connection, biller_id: int, recipient_id: UUID) -> bool:
    """Take an entry out: whoever was to get a log there does not; False where there is none."""
    return bool(
        await connection.fetchval(
            "DELETE FROM log_recipient WHERE biller_id = $1 AND id = $2 RETURNING true", biller_id, recipient_id
        )
    )


async def known(connection: Connection, biller_id: int, ids: Sequence[UUID]) -> frozenset[UUID]:
    rows = await connection.fetch(
        "SELECT id FROM log_recipient WHERE biller_id = $1 AND id = ANY($2::uuid[])", biller_id, list(ids)
    )
    return frozenset(row["id"] for row in rows)


async def choose(connection: Connection, import_id: UUID, recipients: Sequence[UUID], person: Person) -> None:
    """Keep who gets the log of an import, in the place of those chosen or defined before."""
    await connection.execute(
        "INSERT INTO recipient_choice (import_id, recipients, chosen_by, chosen_by_name) VALUES ($1, $2, $3, $4)",
        import_id,
        list(recipients),
        person.subject,
        person.name,
    )


async def of_import(connection: Connection, import_id: UUID) -> Chosen:
    row = await connection.fetchrow(
        "SELECT recipients, chosen_by, chosen_at, chosen_by_name FROM import_recipients WHERE import_id = $1", import_id
    )
    return Chosen((), None, None) if row is None else Chosen(tuple(row[0]), row[1], row[2], row[3])
