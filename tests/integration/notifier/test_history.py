"""The history of a biller: rows by month and outcome, and its latest imports with trends."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI

from services.notifier.pages.words import trend
from shared.contracts.events import Counts, FinalState, ImportFinished
from shared.contracts.kinds import ImportKind
from stack.issuer import Issuer
from tests.integration.notifier.browsing import begun, client_of, ended, page
from tests.integration.notifier.world import Imported, World

NOW = datetime.now(UTC)
_LAST = (NOW.replace(day=1) - timedelta(days=1)).replace(day=15)  # in the middle of a month
_MONTHS = (_LAST - timedelta(days=61), _LAST - timedelta(days=31), _LAST)


async def finished(world: World, imported: Imported, at: datetime, applied: int, failed: int = 0) -> None:
    await world.publish(
        ImportFinished(
            import_id=imported.import_id,
            biller_id=imported.biller_id,
            state=FinalState.COMPLETED,
            counts=Counts(applied=applied, failed=failed),
            codes={},
            started_at=at - timedelta(minutes=1),
            finished_at=at,
        )
    )


async def test_rows_are_counted_by_month_and_each_import_is_compared(
    world: World, iris: httpx.AsyncClient, biller: int
) -> None:
    for at, (applied, failed) in zip(_MONTHS, ((100, 0), (80, 10), (108, 0)), strict=True):
        await finished(world, await begun(world, biller), at, applied, failed)
    newest = await begun(world, biller)
    await finished(world, newest, _LAST + timedelta(hours=1), 54)
    found = await page(iris, f"/status/billers/{biller}")
    assert "10% fewer rows than the last one" in found
    assert "20% more rows than the last one" in found
    assert "50% fewer rows than the last one" in found
    assert found.count('<rect class="o-failed" x=') == 1
    assert f"{_MONTHS[0].strftime('%b %Y')}</th>" in found
    assert "(89%)" in found  # of the rows of a month were applied
    one = await page(iris, f"/status/imports/{newest.import_id}")
    assert "50% fewer rows than the last one" in one
    assert f"/status/billers/{biller}" in one


async def test_rounds_count_with_their_import(world: World, iris: httpx.AsyncClient, biller: int) -> None:
    first, again, waiting = [await begun(world, biller) for _ in range(3)]
    await finished(world, first, _LAST, 5, 3)
    await finished(world, again, _LAST + timedelta(hours=1), 2, 1)
    for number, one in ((2, again), (3, waiting)):
        await world.admin.execute(
            """UPDATE mapping.import SET retries = $2, round = $3, retried = '{"failed": 3}' WHERE id = $1""",
            *(one.import_id, first.import_id, number),
        )
    found = await page(iris, f"/status/billers/{biller}")
    month = found.partition('aria-labelledby="months"><table')[2].partition("</tbody>")[0]
    assert re.findall(r'data-label="(Imports|Rows|Applied|Failed)">([0-9]+)', month) == [
        ("Imports", "1"),
        ("Rows", "8"),
        ("Applied", "7"),
        ("Failed", "1"),
    ]
    assert 'data-label="Applied">7<' in found.partition('id="latest"')[2]
    completed = await page(iris, "/status/completed", biller=str(biller))
    row = completed.partition(f'/status/imports/{first.import_id}">')[2].partition("</tr>")[0]
    counts = re.findall(r'class="num" data-label="([A-Z][a-z ]+)">([0-9]+)', row)
    assert counts == [("Rows", "8"), ("Applied", "7"), ("Not imported", "1")]
    shown = await page(iris, f"/status/imports/{first.import_id}")
    assert re.search(r'id="rounds".*<b>7</b> applied', shown, re.DOTALL)


async def test_the_oldest_that_is_listed_is_compared_with_the_one_before_it(
    world: World, iris: httpx.AsyncClient, biller: int
) -> None:
    for hours in range(27):
        await finished(world, await begun(world, biller), _LAST + timedelta(hours=hours), 10)
    found = await page(iris, f"/status/billers/{biller}")
    assert found.count("As many rows as the last one") == found.count("/status/imports/") == 25


async def test_kinds_are_compared_apart_and_shown_to_those_alone_who_may_import_them(
    world: World, iris: httpx.AsyncClient, pages: FastAPI, issuer: Issuer, biller: int
) -> None:
    await ended(world, await begun(world, biller, kind=ImportKind.AUTOPAY), NOW - timedelta(days=1))
    await ended(world, await begun(world, biller), NOW)
    found = await page(iris, f"/status/billers/{biller}")
    assert "than the last one" not in found
    assert "as many rows" not in found
    assert "Autopay" in found
    async with client_of(pages, issuer, "paula") as paula:  # paperless alone
        assert "Autopay" not in await page(paula, f"/status/billers/{biller}")
    async with client_of(pages, issuer, "nora") as nora:
        assert (await nora.get(f"/status/billers/{biller}")).status_code == 404


async def test_a_biller_without_imports_and_none_at_all(iris: httpx.AsyncClient, biller: int) -> None:
    assert "No completed imports" in await page(iris, f"/status/billers/{biller}")
    for address in ("0", "x", str(2**63), str(2**63 - 1)):
        assert (await iris.get(f"/status/billers/{address}")).status_code in {404, 422}


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (90, 100, "10% fewer rows than the last one"),
        (299, 100, "199% more rows than the last one"),
        (5001, 3, "1,667 times as many rows as the last one"),
        (1001, 1000, "as many rows as the last one"),
        (0, 10, "100% fewer rows than the last one"),
        (10, 0, ""),
        (10, None, ""),
    ],
)
def test_a_trend_in_words(now: int, before: int | None, said: str) -> None:
    assert trend(now, before) == said
