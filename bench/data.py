"""A biller with a million customers, and the paperless file that changes each of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from cli.bodies import Definition

TYPES = ("WATER", "SEWER")

_MAKE_BILLER = """
WITH realm AS (INSERT INTO crm.login_realm (name) VALUES ($1) RETURNING id)
INSERT INTO crm.biller (name, login_realm_id) SELECT $1, id FROM realm RETURNING id
"""
_MAKE_TYPES = (
    "INSERT INTO crm.invoice_type (biller_id, code, alias) SELECT $1, code, code FROM unnest($2::text[]) AS code"
)
_MAKE_CUSTOMERS = """
INSERT INTO crm.customer (biller_id, account_number, name)
SELECT $1, 'WTR-' || lpad(n::text, 9, '0'), 'CUSTOMER ' || n FROM generate_series(1, $2::int) AS n
"""
_MAKE_LOGINS = """
INSERT INTO crm.login (realm_id, login_name, email, status)
SELECT b.login_realm_id, 'old' || n || '@example.com', 'old' || n || '@example.com', 'active'
FROM crm.biller AS b, generate_series(1, $2::int) AS n WHERE b.id = $1
"""
_LINK = """
INSERT INTO crm.customer_login_link (customer_id, login_id, role)
SELECT c.id, l.id, 'owner'
FROM crm.biller AS b
JOIN crm.customer AS c ON c.biller_id = b.id
JOIN crm.login AS l ON l.realm_id = b.login_realm_id
    AND l.login_name = 'old' || ltrim(substr(c.account_number, 5), '0') || '@example.com'
WHERE b.id = $1
"""
_RIGHT = """
INSERT INTO crm.operator_right (subject, permission) VALUES ('ivy', 'all') ON CONFLICT (subject, biller_id) DO NOTHING
"""
_RIGHT_TO_UNDO = "UPDATE crm.operator_right SET may_undo = true WHERE subject = 'ivy'"


@dataclass(frozen=True, slots=True)
class Biller:
    id: int
    name: str


async def make_biller(connection: asyncpg.Connection, name: str, customers: int, *, has_logins: bool = True) -> Biller:
    """A biller with that many customers, each with an active login of its own."""
    biller_id: int = await connection.fetchval(_MAKE_BILLER, name)
    await connection.execute(_MAKE_TYPES, biller_id, list(TYPES))
    await connection.execute(_MAKE_CUSTOMERS, biller_id, customers, timeout=600)
    if has_logins:
        await connection.execute(_MAKE_LOGINS, biller_id, customers, timeout=600)
        await connection.execute("ANALYZE crm.customer, crm.login", timeout=600)
        await connection.execute(_LINK, biller_id, timeout=600)
    await connection.execute(_RIGHT)
    return Biller(biller_id, name)


async def allow_undo(connection: asyncpg.Connection) -> None:
    """Apart from the biller: the last release, which tests make billers with too, knows no such right."""
    await connection.execute(_RIGHT_TO_UNDO)


def write_file(path: Path, rows: int, generation: int = 0) -> None:
    """The paperless file: account number without its prefix, name, email; others in each generation.

    No dates of consent: a record of each would be work that the script does not do.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("Cust No,Name,Email\r\n")
        file.writelines(_lines(rows, generation))


def _lines(rows: int, generation: int) -> Iterator[str]:
    part = f".{generation}" if generation else ""
    return (f"{n:09d},CUSTOMER {n},new{n}{part}@example.org\r\n" for n in range(1, rows + 1))


def definition(biller: Biller) -> Definition:
    """The definition that imports the file."""
    return {
        "biller": biller.id,
        "kind": "paperless",
        "invoice_types": list(TYPES),
        "columns": {"email": "Email", "customer_name": "Name"},
        "account_number": [{"literal": "WTR-"}, {"column": "Cust No", "transforms": [{"do": "trim"}]}],
        "options": {"attestation": "Benchmark"},
        "decide": {code: {"choice": "continue"} for code in ("C203", "C204")},
    }
