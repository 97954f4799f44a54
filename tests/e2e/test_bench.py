"""The benchmarks run, and what they compare does the same to the CRM; no time is looked at."""

from pathlib import Path
from uuid import uuid4

from bench import kinds
from bench.data import write_file
from bench.peers import run_row_by_row
from bench.script import run_script
from stack.embedded import EmbeddedStack
from tests.support.imports import database, new_biller

_ROWS = 40
_MADE_FOR = """
SELECT
    (SELECT count(*) FROM crm.payment_method m WHERE m.biller_id = b.id AND m.account_enc IS NOT NULL) AS methods,
    (
        SELECT count(*) FROM crm.autopay_enrollment e JOIN crm.customer c ON c.id = e.customer_id
        WHERE c.biller_id = b.id AND e.status = 'active'
    ) AS autopay,
    (
        SELECT count(*) FROM crm.paperless_enrollment e JOIN crm.customer c ON c.id = e.customer_id
        WHERE c.biller_id = b.id AND e.status = 'pending'
    ) AS paperless,
    (
        SELECT count(*) FROM crm.login l JOIN crm.customer_login_link k ON k.login_id = l.id AND k.role = 'owner'
        JOIN crm.customer c ON c.id = k.customer_id WHERE c.biller_id = b.id AND l.email LIKE 'new%'
    ) AS emails
FROM crm.biller b WHERE b.name = $1
"""


async def _made_for(system: EmbeddedStack, biller_name: str) -> dict[str, int]:
    async with database(system) as connection:
        row = await connection.fetchrow(_MADE_FOR, biller_name)
    assert row is not None
    return dict(row)


async def test_scripts_of_autopay_and_registration_do_what_an_import_does(
    system: EmbeddedStack, tmp_path: Path
) -> None:
    billers = f"Bench {uuid4()}"
    seconds, processor = await kinds.measured(system, tmp_path, _ROWS, 1, billers)
    assert seconds.keys() == processor.keys()
    for name, made in {
        "autopay": {"methods": _ROWS, "autopay": 2 * _ROWS, "paperless": 0, "emails": 0},
        "registration": {"methods": 0, "autopay": 0, "paperless": 0, "emails": _ROWS},
    }.items():
        for instance in (f"{name}, script", f"{name}, one executor"):
            assert await _made_for(system, f"{billers} 1 {instance}") == made
            assert len(seconds[instance]) == 1


async def test_the_script_of_paperless_and_rows_one_by_one_do_the_same(system: EmbeddedStack, tmp_path: Path) -> None:
    file, dsn = tmp_path / "paperless.csv", system.postgres.dsn()
    write_file(file, _ROWS)
    by_script, by_row = await new_biller(system, _ROWS), await new_biller(system, _ROWS)
    await run_script(dsn, by_script, file)
    await run_row_by_row(dsn, by_row, file, _ROWS)
    made = {"methods": 0, "autopay": 0, "paperless": 2 * _ROWS, "emails": _ROWS}
    assert await _made_for(system, by_script.name) == made
    assert await _made_for(system, by_row.name) == made
