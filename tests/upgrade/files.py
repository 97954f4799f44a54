"""Billers and files of the three kinds, the same each time but for the biller, so that their ends can be compared."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import asyncpg

from bench.data import Biller, make_biller

ROWS: Final = 4_200  # three chunks
_WITHOUT_LOGINS: Final = """
WITH unlinked AS (
    DELETE FROM crm.customer_login_link k USING crm.customer c WHERE c.id = k.customer_id AND c.biller_id = $1
)
DELETE FROM crm.login l USING crm.biller b WHERE b.id = $1 AND l.realm_id = b.login_realm_id
"""
_PREFIX: Final = {"literal": "WTR-"}
_NUMBER: Final = {"column": "Account", "transforms": [{"do": "trim"}]}


@dataclass(frozen=True)
class Kind:
    """One kind of import: its columns, and the cells of customer ``n``."""

    header: str
    row: Callable[[int], str]
    definition: Mapping[str, Any]

    def write(self, path: Path, rows: int = ROWS) -> Path:
        """The file."""
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(f"{self.header}\r\n")
            file.writelines(self._lines(rows))
        return path

    def _lines(self, rows: int) -> Iterator[str]:
        return (f"{n:09d},{self.row(n)}\r\n" for n in range(1, rows + 1))


KINDS: Final = {
    "autopay": Kind(
        "Account,Holder,Routing,Bank,Type",
        lambda n: f"CUSTOMER {n},021000021,{700_000 + n},checking",
        {
            "invoice_types": ["WATER", "SEWER"],
            "columns": {
                "account_holder_name": "Holder",
                "routing_number": "Routing",
                "bank_account_number": "Bank",
                "bank_account_type": "Type",
            },
            "options": {"attestation": "They agreed.", "effective_date": "2036-04-01"},
        },
    ),
    "paperless": Kind(
        "Account,Email",
        lambda n: f"new{n}@example.org",
        {
            "invoice_types": ["WATER", "SEWER"],
            "columns": {"email": "Email"},
            "options": {"attestation": "They agreed."},
        },
    ),
    "registration": Kind(
        "Account,Email,User",
        lambda n: f"new{n}@example.org,user.{n}",
        {"columns": {"email": "Email", "login_name": "User"}},
    ),
}


def definition(kind: str, biller: Biller) -> dict[str, Any]:
    """The definition that imports the file of this kind at the biller, without a question."""
    decide = {code: {"choice": "continue"} for code in ("C203", "C204", "C205", "C206")}
    common = {"biller": biller.id, "kind": kind, "account_number": [_PREFIX, _NUMBER], "decide": decide}
    return common | dict(KINDS[kind].definition)


async def new_biller(connection: asyncpg.Connection, kind: str) -> Biller:
    """A biller whose customers have logins, or wait for their registration."""
    biller = await make_biller(connection, f"Biller {uuid4()}", ROWS)
    if kind == "registration":
        await connection.execute(_WITHOUT_LOGINS, biller.id)
    return biller
