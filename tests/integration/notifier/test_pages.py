import re
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI

from shared.contracts.events import (
    FinalState,
    ImportFinished,
    ImportHeld,
)
from shared.contracts.kinds import ImportKind
from shared.contracts.outcomes import Outcome
from stack.issuer import Issuer
from tests.integration.notifier.browsing import TEN, begun, client_of, ended, page, running
from tests.integration.notifier.world import Imported, World


def shown(text: str, *imports: Imported) -> list[bool]:
    return [f"/status/imports/{one.import_id}" in text for one in imports]


@pytest.mark.usefixtures("biller")
async def test_empty_lists_say_what_to_do(iris: httpx.AsyncClient) -> None:
    assert "No imports in progress" in await page(iris, "/status/in-progress")
    assert "No completed imports" in await page(iris, "/status/completed")
    assert "No imports match" in await page(iris, "/status/completed", text="nothing of the kind")


async def test_completed_imports_are_found_by_every_filter(iris: httpx.AsyncClient, world: World, biller: int) -> None:
    other = await world.biller("Hillside Gas")
    await world.right("iris", other, "all")
    paper = await begun(world, biller, file_name="paper.csv", requester=("paul", "Paul Paperless"))
    people = await begun(world, other, file_name="people.csv", kind=ImportKind.REGISTRATION)
    await ended(world, paper, datetime(2026, 3, 2, 12, tzinfo=UTC))
    await ended(world, people, datetime(2026, 3, 5, 12, tzinfo=UTC), FinalState.FAILED)
    for asked, found in (
        ({}, [True, True]),
        ({"biller": str(other)}, [False, True]),
        ({"kind": "paperless"}, [True, False]),
        ({"state": "failed"}, [False, True]),
        ({"requester": "paul"}, [True, False]),
        ({"text": "people"}, [False, True]),
        ({"text": "hillside"}, [False, True]),
        ({"ended_from": "2026-03-03"}, [False, True]),
        ({"ended_to": "2026-03-02"}, [True, False]),
        ({"ended_from": "2026-03-02", "ended_to": "2026-03-05"}, [True, True]),
        ({"ended_from": "no day", "kind": "x", "state": "running", "biller": "x"}, [True, True]),
    ):
        assert shown(await page(iris, "/status/completed", **asked), paper, people) == found, asked
    # Folded: on a phone they would fill the first screen.
    assert "<details ><summary>Filters" in await page(iris, "/status/completed", text="people")
    assert "<details open><summary>Filters" in await page(iris, "/status/completed", kind="paperless")


async def test_what_another_check_has_replaced_is_found_by_a_search_alone(
    iris: httpx.AsyncClient, world: World, biller: int
) -> None:
    replaced, stopped = await begun(world, biller), await begun(world, biller)
    for one, reason in ((replaced, "replaced"), (stopped, "cancelled")):
        await ended(world, one, datetime(2026, 3, 2, 12, tzinfo=UTC), FinalState.CANCELLED)
        await world.admin.execute(
            "UPDATE execution.job SET state = 'cancelled', reason = $2 WHERE import_id = $1", one.import_id, reason
        )
    assert shown(await page(iris, "/status/completed"), replaced, stopped) == [False, True]
    assert shown(await page(iris, "/status/completed", text=str(replaced.import_id)), replaced) == [True]


async def test_days_are_those_of_the_persons_zone(pages: FastAPI, issuer: Issuer, world: World, biller: int) -> None:
    late = await begun(world, biller)
    await ended(world, late, datetime(2026, 3, 3, 3, tzinfo=UTC))  # in Denver still the second of March
    async with client_of(pages, issuer, "iris", "America/Denver") as client:
        assert shown(await page(client, "/status/completed", ended_to="2026-03-02"), late) == [True]
        assert shown(await page(client, "/status/completed", ended_from="2026-03-03"), late) == [False]
    async with client_of(pages, issuer, "iris") as client:
        assert shown(await page(client, "/status/completed", ended_to="2026-03-02"), late) == [False]


async def test_many_completed_imports_come_in_pages(iris: httpx.AsyncClient, world: World, biller: int) -> None:
    made = [await begun(world, biller, file_name=f"many-{number}.csv") for number in range(27)]
    for one in made:
        await ended(world, one, datetime(2026, 3, 4, tzinfo=UTC))
    first = await page(iris, "/status/completed", text="many-")
    older = re.search(r'href="(/status/completed\?[^"]*after=[^"]+)"', first)
    assert older is not None
    second = await page(iris, older[1].replace("&amp;", "&"))
    assert sum(shown(first, *made)) == 25
    assert [a or b for a, b in zip(shown(first, *made), shown(second, *made), strict=True)] == [True] * 27
    assert "First page" in second


async def test_people_see_what_their_right_covers(pages: FastAPI, issuer: Issuer, world: World, biller: int) -> None:
    paper, people = await begun(world, biller), await begun(world, biller, kind=ImportKind.REGISTRATION)
    async with client_of(pages, issuer, "paula") as paula:
        assert shown(await page(paula, "/status/in-progress"), paper, people) == [True, False]
        assert (await paula.get(f"/status/imports/{people.import_id}")).status_code == 404
    async with client_of(pages, issuer, "nora") as nora:
        assert (await nora.get(f"/status/imports/{paper.import_id}")).status_code == 404
    async with httpx.AsyncClient(transport=httpx.ASGITransport(pages), base_url="http://notifier") as stranger:
        assert (await stranger.get("/status/in-progress")).status_code == 303


async def test_a_held_import_leads_to_its_answers(iris: httpx.AsyncClient, world: World, biller: int) -> None:
    imported = await begun(world, biller)
    await world.publish(
        ImportHeld(
            import_id=imported.import_id,
            biller_id=biller,
            check_no=1,
            codes={"C223": 2},
            planned=TEN,
            undecided=("C223",),
        )
    )
    for address in ("/status/in-progress", f"/status/imports/{imported.import_id}"):
        text = await page(iris, address)
        assert "Needs a decision" in text
        assert f"/checks/{imported.import_id}" in text
        assert (
            "Waits for Iris Implementer, or someone else who may import for this biller, to decide and start it" in text
        )
        assert "The plan for 10 rows" in text
        assert f"<b>6</b><span>{Outcome.APPLIED.planned_words}" in text
        assert "<b data-count" not in text
        assert "0 of 10 rows" not in text


@pytest.mark.parametrize("address", ["/status/completed", "/status/customers", "/status/audit"])
async def test_a_search_that_is_too_long_is_answered_in_plain_words(iris: httpx.AsyncClient, address: str) -> None:
    name = "person" if address.endswith("audit") else "text"
    answer = await iris.get(address, params={name: "a" * 5_000})
    assert answer.status_code == 400
    assert "What you searched for has 5,000 characters; at most 200 fit" in answer.text
    assert (await iris.get("/status/in-progress", params={"text": "a" * 5_000})).status_code == 200


async def test_an_import_that_is_checked_has_no_numbers_of_outcomes_yet(
    iris: httpx.AsyncClient, world: World, biller: int
) -> None:
    imported = await begun(world, biller)
    text = await page(iris, f"/status/imports/{imported.import_id}")
    assert "The check has not begun" in text
    assert 'class="tile ' not in text


async def test_an_ended_import_shows_conservation_rows_mails_and_trail(
    iris: httpx.AsyncClient, world: World, biller: int
) -> None:
    imported = await world.defined(biller)
    held = (4, Outcome.HELD, ["R198"])
    await world.finished(imported, [(2, Outcome.APPLIED, []), (3, Outcome.FAILED, ["R142"]), held])
    address = f"/status/imports/{imported.import_id}"
    text = await page(iris, address)
    assert "2 of 3 rows ended as planned. 1 row did not: The customer changed in the CRM after the check" in text
    assert re.search(r"<b>3</b> rows = <b>1</b> applied", text)
    assert "The email is malformed" in text
    await world.log_says(imported, 3, legacy_id="P-<3>")
    rows = await page(iris, f"{address}/rows", outcome="failed")
    assert re.search(r'<span class="(cells|nowrap)[^"]*">WTR-000003<', rows), "it is not broken in two lines"
    assert "ID in the old system: P-&lt;3&gt;" in rows
    assert "WTR-000002" not in rows
    assert re.search(rf'href="[^"]*/checks/{imported.import_id}/plan\?line=3"', rows), "values before and after"
    assert "Download rows not imported" in rows
    assert "No rows match" in await page(iris, f"{address}/rows", code="R101")
    assert "Completed" in await page(iris, f"{address}/trail")
    assert (await iris.get(f"{address}/mails")).status_code == 200


async def test_the_history_keeps_why_it_was_returned(iris: httpx.AsyncClient, world: World, biller: int) -> None:
    imported = await begun(world, biller)
    await world.admin.execute(
        """INSERT INTO mapping.returned (import_id, check_no, note, returned_by, returned_by_name)
           VALUES ($1, 2, 'Ask about <the> nine', 'sam', 'Sam Okafor')""",
        imported.import_id,
    )
    text = await page(iris, f"/status/imports/{imported.import_id}/trail")
    told = text.partition("Returned with a note")[2].partition("</section>")[0]
    assert "Sam Okafor" in told
    assert "Ask about &lt;the&gt; nine" in told


async def test_what_is_imported_whole_has_no_list_of_other_rows(
    iris: httpx.AsyncClient, world: World, biller: int
) -> None:
    imported = await world.defined(biller)
    await world.finished(imported, [(2, Outcome.APPLIED, [])])
    text = await page(iris, f"/status/imports/{imported.import_id}")
    assert "Download log of all rows" in text
    assert "Download rows not imported" not in text


async def test_a_held_row_says_what_changed_since_the_check(
    iris: httpx.AsyncClient, client: httpx.AsyncClient, world: World, biller: int
) -> None:
    imported = await world.defined(biller)
    rows = [(2, Outcome.HELD, ["R198"]), (3, Outcome.HELD, ["R198"]), (4, Outcome.APPLIED, [])]
    await world.finished(imported, rows, FinalState.COMPLETED_WITH_ERRORS)
    await world.changed(imported, 2, "owner", "payment blocks")
    shown = await page(iris, f"/status/imports/{imported.import_id}/rows")
    assert shown.count("What changed since the check: owner; payment blocks") == 1
    answered = (await client.get(f"/imports/{imported.import_id}/rows")).json()["items"]
    # The second was written by an executor that did not keep it.
    assert [row["changed"] for row in answered] == [["owner", "payment blocks"], [], []]
    assert answered[0]["reason"].endswith("nothing was written. What changed since the check: owner; payment blocks")
    assert answered[1]["reason"].endswith("nothing was written")
    assert "Changed since the check" not in await page(iris, f"/status/imports/{imported.import_id}")


async def test_what_changed_for_the_whole_import_is_said_once_with_what_helps(
    iris: httpx.AsyncClient, client: httpx.AsyncClient, world: World, biller: int
) -> None:
    imported = await world.defined(biller)
    await world.finished(imported, [(2, Outcome.HELD, ["R198"])], FinalState.COMPLETED_WITH_ERRORS)
    await world.changed(imported, 2, "biller closed", "of a newer release", whole=True)
    shown = await page(iris, f"/status/imports/{imported.import_id}")
    assert shown.count("Biller closed.") == 1
    assert "Have the biller opened first" in shown
    answered = (await client.get(f"/imports/{imported.import_id}")).json()["changed"]
    assert [one["name"] for one in answered] == ["biller closed", "of a newer release"]
    assert answered[0]["remedy"].startswith("Have the biller opened first")
    assert answered[1]["remedy"] == ""


async def test_an_import_shows_the_recipe_it_was_made_with(iris: httpx.AsyncClient, world: World, biller: int) -> None:
    imported = await begun(world, biller)
    recipe = await world.admin.fetchval(
        "INSERT INTO mapping.recipe (biller_id, kind, name) VALUES ($1, 'paperless', 'Monthly') RETURNING id", biller
    )
    await world.admin.execute(
        """INSERT INTO mapping.recipe_version (recipe_id, version, content, header, saved_by, saved_by_name)
           VALUES ($1, 4, '{}', '{}', 'iris', 'Iris')""",
        recipe,
    )
    await world.admin.execute(
        "UPDATE mapping.import SET recipe_id = $2, recipe_version = 4 WHERE id = $1", imported.import_id, recipe
    )
    text = await page(iris, f"/status/imports/{imported.import_id}")
    assert re.search(r"Recipe used: <a [^>]*>Monthly</a>, version 4\.", text)


async def test_only_codes_that_stand_on_rows_lead_to_rows(iris: httpx.AsyncClient, world: World, biller: int) -> None:
    imported = await running(world, biller)
    await world.publish(
        ImportFinished(
            import_id=imported.import_id,
            biller_id=biller,
            state=FinalState.COMPLETED,
            counts=TEN,
            codes={"R142": 1, "W320": 3},
            started_at=None,
            finished_at=datetime(2026, 3, 4, tzinfo=UTC),
        )
    )
    address = f"/status/imports/{imported.import_id}"
    found = await page(iris, address)
    assert f'href="{address}/rows?code=R142"' in found
    assert "W320" in found
    assert "rows?code=W320" not in found
    assert 'value="W320"' not in await page(iris, f"{address}/rows")
