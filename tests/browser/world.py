"""Billers and files of the browser tests."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from bench.data import allow_undo, make_biller
from stack.embedded import EmbeddedStack
from tests.support.crm import Biller as Known
from tests.support.crm import Crm
from tests.support.imports import database

_WITHOUT_LOGIN = """
INSERT INTO crm.customer (biller_id, account_number, name)
SELECT $1, 'WTR-8' || lpad(n::text, 8, '0'), 'NEWCOMER ' || n FROM generate_series(1, $2::int) AS n
"""

_HOLD = """
SELECT 1 FROM crm.login l JOIN crm.customer_login_link k ON k.login_id = l.id
JOIN crm.customer c ON c.id = k.customer_id
WHERE c.biller_id = $1 AND c.account_number = ANY (SELECT 'WTR-' || lpad(n::text, 9, '0') FROM unnest($2::int[]) AS n)
FOR UPDATE OF l
"""


@dataclass(frozen=True)
class Biller:
    """Its customers WTR-000000001 and so on have a login each, WTR-800000001 and so on have none."""

    id: int
    name: str


async def new_biller(system: EmbeddedStack, customers: int = 40, *, paul: bool = False, name: str = "") -> Biller:
    """One of a test's own; ivy may do everything there, paul paperless only where it says so."""
    name = name or f"Maple Valley {uuid4().hex[:8]}"
    async with database(system) as connection:
        made = await make_biller(connection, name, customers)
        await allow_undo(connection)
        await connection.execute(_WITHOUT_LOGIN, made.id, 20)
        if paul:
            await Crm(connection).right("paul", Known(made.id, 0, name), "paperless")
    return Biller(made.id, name)


@asynccontextmanager
async def held_up(system: EmbeddedStack, biller: Biller, rows: Sequence[int]) -> AsyncIterator[None]:
    """Imports of the biller stop in the middle, for somebody else holds the logins of these rows."""
    async with database(system) as holder, holder.transaction():
        await holder.execute(_HOLD, biller.id, rows)
        yield


def paperless_file(folder: Path, rows: int = 30, *, missing: int = 0, name: str = "paperless.csv") -> Path:
    """Customers change their email; the last ones are not known."""
    numbers = [*range(1, rows - missing + 1), *range(700_001, 700_001 + missing)]
    lines = (f"{n},CUSTOMER {n},new{n}@example.org,Ward {n % 5}" for n in numbers)
    return _written(folder / name, "Cust No,Name,Email,Ward", lines)


def autopay_file(folder: Path, rows: int = 30) -> Path:
    """Customers with bank accounts; one routing number is wrong."""
    lines = (
        f"{n},CUSTOMER {n},{'021000021' if n != 7 else '021000022'},{44_556_600 + n},C,Y,new{n}@example.org"
        for n in range(1, rows + 1)
    )
    return _written(folder / "autopay.csv", "Cust No,Name,Routing,Bank Acct,Type,Draft,E-mail", lines)


def registration_file(folder: Path, rows: int = 15) -> Path:
    """Customers without a login get one."""
    lines = (f'{800_000_000 + n},"NEWCOMER, {n}",first{n}@example.org' for n in range(1, rows + 1))
    return _written(folder / "registration.csv", "Cust No,Name,Email", lines)


def refused_file(folder: Path) -> Path:
    """A card number, which no file may hold; behind what is looked at before the check."""
    lines = (
        f"{n},CUSTOMER {n},new{n}@example.org,{'4111111111111111' if n == 30_000 else 'x'}" for n in range(1, 30_001)
    )
    return _written(folder / "with-card.csv", "Cust No,Name,Email,Note", lines)


def _written(path: Path, header: str, lines: Iterable[str]) -> Path:
    path.write_text("\r\n".join([header, *lines, ""]), encoding="utf-8")
    return path
