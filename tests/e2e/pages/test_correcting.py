"""Correct rows and Fix and retry: what was typed is never lost on the way, and what was corrected is seen."""

import re
from typing import Any
from uuid import UUID

import pytest

from tests.e2e.pages.conftest import Browser, World
from tests.e2e.pages.walking import checked, under_check
from tests.support.crm import Biller
from tests.support.plans import plan_row

_CELL = re.compile(r'<input[^>]*name="(cell-[0-9]+-[0-9]+)"[^>]*value="([^"]*)"')
ROWS = (
    (2, "failed", "R142"), (3, "failed", "R142"), (4, "held", "R134"), (5, "skipped", "S404")
)  # fmt: skip


@pytest.fixture
async def import_id(world: World, biller: Biller) -> UUID:
    """It waits; some of its rows cannot be applied as they are."""
    made = await under_check(world.browser("ivy"), biller)
    await checked(world, made, R142=2, R134=1, S404=1)
    for line, verdict, code in ROWS:
        await plan_row(world.admin, made, line, verdict=verdict, codes=[code])
    return made


_JOB = """
INSERT INTO execution.job (import_id, biller_id, kind, state, finished_at)
SELECT id, biller_id, kind, 'finished', now() FROM mapping.import WHERE id = $1
"""


async def finished(world: World, import_id: UUID) -> None:
    await world.admin.execute("UPDATE validation.import_check SET state = 'finished' WHERE import_id = $1", import_id)
    await world.admin.execute("UPDATE mapping.import SET state = 'completed_with_errors' WHERE id = $1", import_id)
    await world.admin.execute(_JOB, import_id)
    await world.admin.executemany(
        "INSERT INTO execution.row_result (import_id, line_no, outcome, codes) VALUES ($1, $2, $3, $4)",
        [(import_id, line, verdict, [code]) for line, verdict, code in ROWS],
    )


def cells(text: str) -> dict[str, str]:
    return dict(_CELL.findall(text))


async def send(browser: Browser, address: str, **values: Any) -> str:
    shown = {"check_no": "1", **cells((await browser.get(address)).text)}
    answer = await browser.client.post(address, data={"csrf": browser.session.csrf, **shown, **values})
    assert answer.status_code in {200, 303}, answer.text
    return answer.text


@pytest.mark.parametrize("page", ["correct", "retry"])
async def test_what_was_typed_goes_along_when_other_rows_are_looked_at(
    world: World, import_id: UUID, page: str
) -> None:
    if page == "retry":
        await finished(world, import_id)
    browser = world.browser("ivy")
    address = f"/checks/{import_id}/{page}"
    first = await send(
        browser, f"{address}?code=R142", **{"cell-2-1": "typed@example.com", "leave": "3", "look": "R134:0"}
    )
    assert cells(first) == {"cell-2-1": "typed@example.com", "cell-4-0": "2", "cell-4-1": "a2@example.com"}
    assert "2 rows that you edited are not on this page" in first
    assert 'data-guard="typed"' in first
    # And back again, with another cell typed meanwhile: what nobody typed is not carried.
    brought = {**cells(first), "leave": "3", "cell-4-1": "also@example.com", "check_no": "1"}
    answer = await browser.client.post(
        f"{address}?code=R134", data={"csrf": browser.session.csrf, **brought, "look": "R142:0"}
    )
    back = cells(answer.text)
    assert (back["cell-2-1"], back["cell-4-1"], "cell-4-0" in back) == ("typed@example.com", "also@example.com", False)
    assert re.search(r'name="leave" value="3" checked', answer.text)


async def test_all_that_was_typed_on_any_page_is_corrected(world: World, import_id: UUID) -> None:
    browser = world.browser("ivy")
    address = f"/checks/{import_id}/correct?code=R134"
    await send(browser, address, **{"cell-2-1": "one@example.com", "cell-4-1": "two@example.com", "action": "rows"})
    found = await world.admin.fetch(
        "SELECT line_no, after FROM mapping.correction WHERE import_id = $1 ORDER BY 1", import_id
    )
    assert [tuple(one) for one in found] == [(2, "one@example.com"), (4, "two@example.com")]


async def test_a_skipped_row_is_brought_in_after_all(world: World, import_id: UUID) -> None:
    await world.admin.execute(
        "UPDATE mapping.import SET definition = jsonb_set(definition, '{options,exclude_lines}', '[5, 9]') WHERE id=$1",
        import_id,
    )
    browser = world.browser("ivy")
    address = f"/checks/{import_id}/correct?code=S404"
    assert "Don\u2019t skip" in (await browser.get(address)).text
    await send(browser, address, again="5", action="rows")
    left = "SELECT definition #> '{options,exclude_lines}' FROM mapping.import WHERE id = $1"
    assert await world.admin.fetchval(left, import_id) == "[9]"


async def test_what_was_corrected_is_shown_before_the_start(world: World, biller: Biller, import_id: UUID) -> None:
    await send(world.browser("ivy"), f"/checks/{import_id}/correct", **{"cell-2-1": "one@example.com"})
    await checked(world, import_id, check_no=2, C207=1, undecided=("C207",))
    await world.admin.execute("UPDATE mapping.import SET state = 'held', check_no = 2 WHERE id = $1", import_id)
    await world.crm.right("sam", biller, may_approve=True)
    pages = [("ivy", f"/checks/{import_id}"), ("ivy", f"/checks/{import_id}/review"), ("sam", f"/checks/{import_id}")]
    for person, address in pages:
        page = (await world.browser(person).get(address)).text
        assert "1 corrected cell<" in page
        for text in ("a0@example.com", "one@example.com", 'data-label="Corrected">Ivy'):
            assert text in page, (person, text)
    # What the check saw bank data in is masked, whoever typed it.
    await world.admin.execute("UPDATE validation.import_check SET bank_columns = '{1}' WHERE import_id = $1", import_id)
    page = (await world.browser("sam").get(f"/checks/{import_id}")).text
    section = page.partition('id="corrected"')[2].partition("</section>")[0]
    assert "one@example.com" not in section
    assert section.count("****") == 2


async def test_rows_left_out_are_listed_after_the_end_too(world: World, import_id: UUID) -> None:
    await finished(world, import_id)
    page = (await world.browser("ivy").get(f"/checks/{import_id}/retry?code=S404")).text
    assert 'id="line-5"' in page
    assert re.search(r'name="again" value="5"', page)
    assert not re.search(r'name="leave" value="5"', page)


async def test_an_undo_that_cannot_be_is_said_before_rows_are_chosen(
    world: World, biller: Biller, import_id: UUID
) -> None:
    await finished(world, import_id)
    await world.crm.right("ivy", biller, may_undo=True)
    browser = world.browser("ivy")
    address = f"/checks/{import_id}/retry"
    answer = await browser.client.post(
        address, data={"csrf": browser.session.csrf, "cell-2-1": "x@example.com", "request_id": str(UUID(int=7))}
    )
    waiting = answer.headers["location"]
    page = (await browser.get(f"/checks/{import_id}/undo")).text
    assert re.search(rf'id="obstacle">.*A round of this import has not ended yet.*href="{waiting}"', page)
    assert page.count("disabled") == 3  # both choices and the button
    round_id = UUID(waiting.rsplit("/", 1)[1])
    await world.admin.execute("UPDATE mapping.import SET state = 'completed' WHERE id = $1", round_id)
    await world.admin.execute(_JOB, round_id)
    await world.admin.execute(
        """INSERT INTO execution.chunk (import_id, chunk_no, state, counts)
           VALUES ($1, 0, 'applied', '{"applied": 1, "no_change": 0, "skipped": 0, "held": 0, "failed": 0}')""",
        round_id,
    )
    page = (await browser.get(f"/checks/{import_id}/undo?line=3")).text
    assert re.search(rf'id="obstacle">.*href="/checks/{round_id}/undo">Undo round 2 first', page)
    assert page.count("disabled") == 1  # rows of the round can be chosen by this import
    sent = {"rows": "chosen", "lines": "3", "request_id": str(UUID(int=8))}
    answer = await browser.client.post(f"/checks/{import_id}/undo", data={"csrf": browser.session.csrf, **sent})
    assert re.search(rf'<a href="/checks/{round_id}/undo">Round 2 of this import applied rows', answer.text)
    assert str(round_id) not in re.sub(r"<[^>]*>", "", answer.text)


async def test_the_numbers_of_an_undo_are_what_it_takes_back(world: World, biller: Biller, import_id: UUID) -> None:
    await finished(world, import_id)
    await world.admin.execute(
        """INSERT INTO execution.chunk (import_id, chunk_no, state, counts)
           VALUES ($1, 0, 'applied', '{"applied": 2, "no_change": 0, "skipped": 0, "held": 0, "failed": 0}')""",
        import_id,
    )
    await world.crm.right("ivy", biller, may_undo=True)
    browser = world.browser("ivy")
    sent = {"csrf": browser.session.csrf, "rows": "all", "request_id": str(UUID(int=9))}
    answer = await browser.client.post(f"/checks/{import_id}/undo", data=sent)
    undo_id = UUID(answer.headers["location"].rsplit("/", 1)[1])
    taken_back = {"login returned": 2, "paperless_enrollment removed": 3}
    impact = {"customers_touched": 4, "logins_to_change": 0, "logins_to_create": 0, "taken_back": taken_back}
    await checked(world, undo_id, impact=impact)
    await world.admin.execute("UPDATE mapping.import SET state = 'held', check_no = 1 WHERE id = $1", undo_id)
    assert "Discard undo" in (await browser.get(f"/checks/{undo_id}")).text
    asked = (await browser.get(f"/checks/{undo_id}/cancel")).text
    assert "Discard this undo?" in asked
    assert "import</button>" not in asked
    page = (await browser.get(f"/checks/{undo_id}/review")).text
    tiles = re.findall(r'<div class="tile"><b>([0-9,]+)</b><span>([^<]*)</span>', page)
    assert tiles == [
        ("4", "Customers changed"),
        ("2", "Logins returned to what they were"),
        ("3", "Paperless enrollments removed"),
    ]
