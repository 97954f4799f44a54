"""What an administrator reads and writes in the CRM: who may import what, and billers."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

from cli.errors import CommandError
from shared.audit import SYSTEM, Act, Detail, coming_from, record
from shared.contracts.rights import Right
from shared.postgres import Connection

_BILLERS: Final = """
    SELECT b.id, b.name, r.name AS realm, b.status, b.mcl_enabled, b.account_number_case, b.mail_domain,
           coalesce(array_agg(t.code ORDER BY t.code) FILTER (WHERE t.active), '{}') AS invoice_types
    FROM crm.biller b JOIN crm.login_realm r ON r.id = b.login_realm_id
    LEFT JOIN crm.invoice_type t ON t.biller_id = b.id
    GROUP BY b.id, r.id ORDER BY b.name
"""
_NAMED: Final = "SELECT id FROM crm.biller WHERE id::text = $1 OR lower(name) = lower($1)"
_REALM: Final = """
    WITH made AS (INSERT INTO crm.login_realm (name) VALUES ($1) ON CONFLICT (name) DO NOTHING RETURNING id)
    SELECT id FROM made UNION ALL SELECT id FROM crm.login_realm WHERE name = $1
"""
_ADD_BILLER: Final = """
    INSERT INTO crm.biller (name, login_realm_id, mcl_enabled, account_number_case, mail_domain)
    VALUES ($1, $2, $3, $4, $5) RETURNING id
"""
_ADD_TYPE: Final = "INSERT INTO crm.invoice_type (biller_id, code, alias) VALUES ($1, $2, $3)"
_ADD_CUSTOMERS: Final = """
    WITH added AS (
        INSERT INTO crm.customer (biller_id, account_number, name)
        SELECT $1, number, nullif(name, '') FROM unnest($2::text[], $3::text[]) AS given (number, name)
        ON CONFLICT (biller_id, account_number) DO NOTHING RETURNING 1
    ) SELECT count(*) FROM added
"""
_RIGHTS: Final = """
    SELECT o.subject, b.id AS biller_id, b.name AS biller, o.permission, o.may_approve, o.may_replace_owner,
        o.may_undo, o.may_operate, o.may_audit, o.may_manage_webhooks, o.may_edit_emails
    FROM crm.operator_right o LEFT JOIN crm.biller b ON b.id = o.biller_id
    WHERE ($1::text IS NULL OR o.subject = $1) AND ($2::bigint IS NULL OR o.biller_id = $2 OR o.biller_id IS NULL)
    ORDER BY o.subject, b.name NULLS FIRST
"""
_GRANT: Final = """
    INSERT INTO crm.operator_right AS present (
        subject, biller_id, permission, may_approve, may_replace_owner, may_undo, may_operate, may_audit,
        may_manage_webhooks, may_edit_emails
    )
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    ON CONFLICT (subject, biller_id) DO UPDATE
    SET permission = excluded.permission, may_approve = excluded.may_approve,
        may_replace_owner = excluded.may_replace_owner, may_undo = excluded.may_undo,
        may_operate = excluded.may_operate, may_audit = excluded.may_audit,
        may_manage_webhooks = excluded.may_manage_webhooks, may_edit_emails = excluded.may_edit_emails
"""
_WITHDRAW: Final = """
    DELETE FROM crm.operator_right
    WHERE subject = $1 AND ($3 OR biller_id IS NOT DISTINCT FROM $2) RETURNING biller_id
"""


@dataclass(frozen=True, slots=True)
class NewBiller:
    """A biller to add; the invoice types are code → alias."""

    name: str
    realm: str
    invoice_types: dict[str, str]
    links_accounts: bool
    ignores_case: bool
    mail_domain: str | None


async def billers(connection: Connection) -> list[dict[str, object]]:
    """All billers by name, with the codes of their invoice types."""
    return [dict(row) for row in await connection.fetch(_BILLERS)]


async def biller_id(connection: Connection, name_or_id: str) -> int:
    """The id of a biller; CommandError where there is none."""
    found: int | None = await connection.fetchval(_NAMED, name_or_id)
    if found is None:
        raise CommandError(f"There is no biller {name_or_id!r}", remedy="See `customer-import admin billers list`")
    return found


async def add_biller(connection: Connection, new: NewBiller) -> int:
    """Add a biller with its invoice types, and its realm if that is new; returns its id."""
    realm = await connection.fetchval(_REALM, new.realm)
    case = "insensitive" if new.ignores_case else "sensitive"
    number: int = await connection.fetchval(_ADD_BILLER, new.name, realm, new.links_accounts, case, new.mail_domain)
    await _record(connection, Act.BILLER_ADDED, number)
    for code, alias in new.invoice_types.items():
        await connection.execute(_ADD_TYPE, number, code, alias)
    return number


async def add_customers(connection: Connection, biller_id: int, customers: Sequence[tuple[str, str]]) -> int:
    """Add account numbers with names; those that are there stay as they are. Returns how many are new."""
    numbers, names = [number for number, _ in customers], [name for _, name in customers]
    added: int = await connection.fetchval(_ADD_CUSTOMERS, biller_id, numbers, names)
    return added


async def rights(connection: Connection, subject: str | None, biller_id: int | None) -> list[dict[str, object]]:
    """The rights of one person or of all; of a biller with those that hold at every biller."""
    return [dict(row) for row in await connection.fetch(_RIGHTS, subject, biller_id)]


async def grant(connection: Connection, subject: str, biller_id: int | None, right: Right) -> None:
    """Let a person import; what the person could do there before is replaced. No biller: at every one."""
    further = (right.may_approve, right.may_replace_owner, right.may_undo, right.may_operate, right.may_audit)
    outside = (right.may_manage_webhooks, right.may_edit_emails)
    await connection.execute(_GRANT, subject, biller_id, right.permission, *further, *outside)
    await _record(connection, Act.RIGHT_GRANTED, biller_id, {"subject": subject, **asdict(right)})


async def withdraw(
    connection: Connection, subject: str, biller_id: int | None, *, all_rights: bool
) -> Sequence[int | None]:
    """Take a right away, or all of a person's; returns the billers of what was taken (None: of every biller)."""
    taken = [row["biller_id"] for row in await connection.fetch(_WITHDRAW, subject, biller_id, all_rights)]
    for of_biller in taken:
        await _record(connection, Act.RIGHT_WITHDRAWN, of_biller, {"subject": subject})
    return taken


async def _record(connection: Connection, act: Act, biller_id: int | None, detail: Detail | None = None) -> None:
    """No service asks for it: the role of the database says who did."""
    with coming_from("command line"):
        await record(connection, act, SYSTEM, biller_id=biller_id, detail=detail)
