"""Ways through the wizard that several tests take, and what validation would have left behind them."""

import json
from typing import Any
from uuid import UUID

from shared.contracts.definition import ImportDefinition
from shared.web.session import CSRF_HEADER
from tests.e2e.pages.conftest import Browser, World
from tests.support.crm import Biller

CONTENT = b"Acct,Email,Ward\n" + b"".join(f"{n},a{n}@example.com,3\n".encode() for n in range(12))
SETTINGS: dict[str, object] = {"types_shown": "1", "type": ["WATER"], "attestation": "They agreed.", "agreed": "yes"}


_DEFINITION = "SELECT coalesce(definition -> 'of', definition) FROM mapping.import WHERE id = $1"


async def upload(
    browser: Browser, biller: Biller, content: bytes = CONTENT, *, kind: str = "paperless", name: str = "customers.csv"
) -> str:
    answer = await browser.client.post(
        f"/api/v1/billers/{biller.id}/files?name={name}&kind={kind}",
        content=content,
        headers={CSRF_HEADER: browser.session.csrf},
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def draft_of(browser: Browser, biller: Biller) -> str:
    answer = await browser.post("/import/new", biller=str(biller.id))
    assert answer.status_code == 303
    return answer.headers["location"].rsplit("/", 1)[0]


async def go(browser: Browser, address: str, **values: object) -> str:
    """Post a step and look at the page behind it."""
    answer = await browser.post(address, action="next", **values)
    assert answer.status_code == 303, answer.text
    shown = await browser.get(answer.headers["location"])
    assert shown.status_code == 200, shown.text
    return str(answer.headers["location"])


async def at_columns(browser: Browser, biller: Biller, content: bytes = CONTENT) -> str:
    """A paperless draft with its file; the columns come next."""
    file_id = await upload(browser, biller, content)
    draft = await draft_of(browser, biller)
    await go(browser, f"{draft}/kind", kind="paperless")
    await go(browser, f"{draft}/file", file=file_id)
    return draft


async def at_check(browser: Browser, biller: Biller, content: bytes = CONTENT, **columns: object) -> str:
    """A paperless draft that is ready to be checked."""
    draft = await at_columns(browser, biller, content)
    await go(browser, f"{draft}/columns", **{"field-email": "Email", **columns})
    await go(browser, f"{draft}/settings", **SETTINGS)
    assert (await browser.post(f"{draft}/account-number", action="add-column", column="Acct")).status_code == 303
    await go(browser, f"{draft}/account-number")
    return draft


async def under_check(browser: Browser, biller: Biller, content: bytes = CONTENT, **columns: object) -> UUID:
    """An import that was just defined on the pages."""
    draft = await at_check(browser, biller, content, **columns)
    answer = await browser.post(f"{draft}/check")
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["location"].rsplit("/", 1)[1])


async def checked(
    world: World,
    import_id: UUID,
    *,
    state: str = "held",
    undecided: tuple[str, ...] = (),
    check_no: int = 1,
    impact: dict[str, Any] | None = None,
    **counts: int,
) -> None:
    """What validation would have left."""
    definition = await world.admin.fetchval(_DEFINITION, import_id)
    known = ImportDefinition.model_validate_json(definition)
    await world.admin.execute(
        """INSERT INTO validation.import_check
               (import_id, biller_id, kind, file_sha256, check_no, state, rows_read, planned, impact, undecided)
           VALUES ($1, $2, $3, $4, $5, $6, 100,
               '{"applied": 70, "no_change": 0, "skipped": 30, "held": 0, "failed": 0}', $7, $8)
           ON CONFLICT (import_id) DO UPDATE
           SET check_no = excluded.check_no, state = excluded.state, undecided = excluded.undecided""",
        *(import_id, known.biller_id, known.kind.value, known.file.sha256, check_no, state),
        *(json.dumps(impact or {"customers_missing": 0}), undecided),
    )
    for code, count in counts.items():
        await world.admin.execute(
            """INSERT INTO validation.finding (import_id, code, count, sample_lines) VALUES ($1, $2, $3, '{2,3}')
               ON CONFLICT (import_id, code) DO UPDATE SET count = excluded.count""",
            *(import_id, code, count),
        )
