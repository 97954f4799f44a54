"""The baseline: what a person would write by hand for this one file, without checks, plan or messages."""

import time
from pathlib import Path

import asyncpg

from bench.data import Biller

_STAGE = "CREATE TEMP TABLE staging (cust_no text, name text, email text)"
_UPDATE_LOGINS = """
UPDATE crm.login AS l SET email = s.email
FROM staging AS s
JOIN crm.customer AS c ON c.biller_id = $1 AND c.account_number = 'WTR-' || s.cust_no
JOIN crm.customer_login_link AS k ON k.customer_id = c.id AND k.role = 'owner'
WHERE l.id = k.login_id
"""
_INSERT_ENROLMENTS = """
INSERT INTO crm.paperless_enrollment (customer_id, invoice_type_id, status, origin)
SELECT c.id, t.id, 'pending', 'import'
FROM staging AS s
JOIN crm.customer AS c ON c.biller_id = $1 AND c.account_number = 'WTR-' || s.cust_no
JOIN crm.invoice_type AS t ON t.biller_id = $1
ON CONFLICT (customer_id, invoice_type_id) DO UPDATE SET status = 'pending'
"""
_LOG_TABLE = """
CREATE TABLE IF NOT EXISTS public.script_log (
    biller_id bigint, account_number text, email text, done_at timestamptz DEFAULT now(),
    PRIMARY KEY (biller_id, account_number))
"""
_WRITE_LOG = """
INSERT INTO public.script_log (biller_id, account_number, email)
SELECT $1, 'WTR-' || cust_no, email FROM staging
"""


async def run_script(dsn: str, biller: Biller, file: Path) -> float:
    """Seconds from the file to the commit."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(_LOG_TABLE)
        started = time.perf_counter()
        async with connection.transaction():
            await connection.execute(_STAGE)
            await connection.copy_to_table("staging", source=file, format="csv", header=True)
            await connection.execute("ANALYZE staging")
            for statement in (_UPDATE_LOGINS, _INSERT_ENROLMENTS, _WRITE_LOG):
                await connection.execute(statement, biller.id, timeout=600)
        return time.perf_counter() - started
    finally:
        await connection.close()
