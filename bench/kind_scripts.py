"""Files of autopay and registration, and what a person would write by hand for each of them.

As the script of paperless: one transaction, no checks, no comparison, a line of a log for each row. Bank accounts are
encrypted, since nobody may store them as they are.
"""

import csv
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import asyncpg

from bench.data import TYPES, Biller
from cli.bodies import Definition
from shared.sealing import Fingerprint, Sealer

_SECONDS: Final = 600.0
_ROUTING: Final = "021000021"
_DAYS_AHEAD: Final = 30
_SEALER: Final = Sealer({"one": b"k" * 32}, "one")
_FINGERPRINT: Final = Fingerprint(b"f" * 32)
_LOG_TABLE: Final = """
CREATE TABLE IF NOT EXISTS public.script_log (
    biller_id bigint, account_number text, email text, done_at timestamptz DEFAULT now(),
    PRIMARY KEY (biller_id, account_number))
"""
_LOG: Final = """
INSERT INTO public.script_log (biller_id, account_number) SELECT $1, 'WTR-' || cust_no FROM staging
"""

_STAGE_BANKS: Final = """
CREATE TEMP TABLE staging (
    cust_no text, holder text, routing text, account_enc bytea, last4 text, kind text, fingerprint bytea
) ON COMMIT DROP
"""
_METHODS: Final = """
INSERT INTO crm.payment_method (
    login_id, biller_id, kind, holder_name, routing_number, account_enc, account_last4, account_type, fingerprint,
    origin
)
SELECT k.login_id, $1, 'ach', s.holder, s.routing, s.account_enc, s.last4, s.kind, s.fingerprint, 'import'
FROM staging s
JOIN crm.customer c ON c.biller_id = $1 AND c.account_number = 'WTR-' || s.cust_no
JOIN crm.customer_login_link k ON k.customer_id = c.id AND k.role = 'owner'
ON CONFLICT (login_id, biller_id, fingerprint) DO NOTHING
"""
_AUTOPAY: Final = """
INSERT INTO crm.autopay_enrollment (customer_id, invoice_type_id, payment_method_id, status, effective_from, origin)
SELECT c.id, t.id, m.id, 'active', current_date + 30, 'import'
FROM staging s
JOIN crm.customer c ON c.biller_id = $1 AND c.account_number = 'WTR-' || s.cust_no
JOIN crm.customer_login_link k ON k.customer_id = c.id AND k.role = 'owner'
JOIN crm.payment_method m ON m.login_id = k.login_id AND m.biller_id = $1 AND m.fingerprint = s.fingerprint
JOIN crm.invoice_type t ON t.biller_id = $1
ON CONFLICT (customer_id, invoice_type_id) DO UPDATE SET payment_method_id = excluded.payment_method_id
"""

_STAGE_PEOPLE: Final = "CREATE TEMP TABLE staging (cust_no text, name text, email text) ON COMMIT DROP"
_LOGINS: Final = """
INSERT INTO crm.login (realm_id, login_name, email, status, invited_at, origin, import_kind)
SELECT b.login_realm_id, s.email, s.email, 'invited', now(), 'import', 'registration'
FROM staging s JOIN crm.biller b ON b.id = $1
"""
_LINKS: Final = """
INSERT INTO crm.customer_login_link (customer_id, login_id, role, origin)
SELECT c.id, l.id, 'owner', 'import'
FROM staging s
JOIN crm.biller b ON b.id = $1
JOIN crm.customer c ON c.biller_id = $1 AND c.account_number = 'WTR-' || s.cust_no
JOIN crm.login l ON l.realm_id = b.login_realm_id AND lower(l.login_name) = lower(s.email)
"""


@dataclass(frozen=True, slots=True)
class KindCase:
    """A kind of import: its file, its definition, and the script that does the same."""

    name: str
    has_logins: bool
    header: str
    line: Callable[[int], str]
    define: Callable[[Biller], Definition]
    script: Callable[[str, Biller, Path], Awaitable[float]]

    def write_file(self, path: Path, rows: int) -> None:
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(self.header + "\r\n")
            file.writelines(self.line(number) + "\r\n" for number in range(1, rows + 1))


async def _move_autopay(dsn: str, biller: Biller, file: Path) -> float:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(_LOG_TABLE)
        started = time.perf_counter()
        async with connection.transaction():
            await connection.execute(_STAGE_BANKS)
            await connection.copy_records_to_table("staging", records=_sealed(file, biller), timeout=_SECONDS)
            await _do(connection, biller, _METHODS, _AUTOPAY, _LOG)
        return time.perf_counter() - started
    finally:
        await connection.close()


async def _register(dsn: str, biller: Biller, file: Path) -> float:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(_LOG_TABLE)
        started = time.perf_counter()
        async with connection.transaction():
            await connection.execute(_STAGE_PEOPLE)
            await connection.copy_to_table("staging", source=file, format="csv", header=True, timeout=_SECONDS)
            await _do(connection, biller, _LOGINS, _LINKS, _LOG)
        return time.perf_counter() - started
    finally:
        await connection.close()


async def _do(connection: "asyncpg.Connection[asyncpg.Record]", biller: Biller, *statements: str) -> None:
    await connection.execute("ANALYZE staging")
    for statement in statements:
        await connection.execute(statement, biller.id, timeout=_SECONDS)


def _sealed(file: Path, biller: Biller) -> Iterator[tuple[Any, ...]]:
    with file.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            account = row["Account"]
            sealed = _SEALER.seal(account, f"bank_account:{biller.id}")
            fingerprint = _FINGERPRINT.of(row["Routing"], account)
            yield row["Cust No"], row["Name"], row["Routing"], sealed, account[-4:], row["Type"].lower(), fingerprint


def _definition(biller: Biller, kind: str, columns: dict[str, str]) -> Definition:
    return {
        "biller": biller.id,
        "kind": kind,
        "columns": columns,
        "account_number": [{"literal": "WTR-"}, {"column": "Cust No", "transforms": [{"do": "trim"}]}],
        "decide": {code: {"choice": "continue"} for code in ("C203", "C204")},
    }


def _define_autopay(biller: Biller) -> Definition:
    columns = {
        "account_holder_name": "Name",
        "routing_number": "Routing",
        "bank_account_number": "Account",
        "bank_account_type": "Type",
    }
    starts_on = datetime.now(UTC).date() + timedelta(days=_DAYS_AHEAD)
    asked = _definition(biller, "autopay", columns)
    asked["invoice_types"] = list(TYPES)
    asked["options"] = {"attestation": "Benchmark", "effective_date": starts_on.isoformat()}
    return asked


def _define_registration(biller: Biller) -> Definition:
    return _definition(biller, "registration", {"email": "Email", "customer_name": "Name"})


CASES: Final = (
    KindCase(
        "autopay",
        has_logins=True,
        header="Cust No,Name,Routing,Account,Type",
        line=lambda n: f"{n:09d},CUSTOMER {n},{_ROUTING},{4_000_000_007 + 13 * n},Checking",
        define=_define_autopay,
        script=_move_autopay,
    ),
    KindCase(
        "registration",
        has_logins=False,
        header="Cust No,Name,Email",
        line=lambda n: f"{n:09d},CUSTOMER {n},new{n}@example.org",
        define=_define_registration,
        script=_register,
    ),
)
