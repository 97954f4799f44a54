"""What others do: each row by itself, looked up, changed and committed, as a form or an ORM does it; and a library."""

import asyncio
import csv
import os
import sys
import time
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Final

import asyncpg

from bench.data import Biller

_FIND: Final = """
SELECT c.id AS customer_id, k.login_id
FROM crm.customer AS c JOIN crm.customer_login_link AS k ON k.customer_id = c.id AND k.role = 'owner'
WHERE c.biller_id = $1 AND c.account_number = $2
"""
_UPDATE: Final = "UPDATE crm.login SET email = $2 WHERE id = $1"
_ENROLL: Final = """
INSERT INTO crm.paperless_enrollment (customer_id, invoice_type_id, status, origin)
SELECT $1, id, 'pending', 'import' FROM crm.invoice_type WHERE biller_id = $2
ON CONFLICT (customer_id, invoice_type_id) DO UPDATE SET status = 'pending'
"""


async def run_row_by_row(dsn: str, biller: Biller, file: Path, rows: int) -> float:
    """Seconds for the first rows of the file, one transaction each, on one connection with prepared statements."""
    connection = await asyncpg.connect(dsn)
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            lines = list(islice(csv.DictReader(stream), rows))
        started = time.perf_counter()
        for line in lines:
            async with connection.transaction():
                found = await connection.fetchrow(_FIND, biller.id, "WTR-" + line["Cust No"])
                if found is not None:
                    await connection.execute(_UPDATE, found["login_id"], line["Email"])
                    await connection.execute(_ENROLL, found["customer_id"], biller.id)
        return time.perf_counter() - started
    finally:
        await connection.close()


async def run_django(dsn: str, biller: Biller, file: Path, rows: int) -> float | None:
    """Seconds of django-import-export for the first rows of the file; None where it is not installed."""
    if find_spec("import_export") is None:
        return None
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.peer_django", str(biller.id), str(file), str(rows)),
        env=os.environ | {"BENCH_DSN": dsn},
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError("django-import-export did not end well")
    return float(told)
