import base64
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import Response

from services.notifier.pages import add_pages
from shared.contracts.codes import Outcome
from shared.contracts.definition import ImportKind
from shared.contracts.events import (
    ChunkApplied,
    Counts,
    FinalState,
    ImportApproved,
    ImportCancelled,
    ImportDefined,
    ImportFinished,
    ImportHeld,
    ImportResumed,
    ImportWaiting,
)
from shared.web import WebSettings
from shared.web.rendering import ZONE_COOKIE
from shared.web.session import COOKIE, Session, Sessions
from stack.issuer import Issuer
from tests.integration.notifier.world import Imported, World

SETTINGS = WebSettings.model_validate(
    {"session_key": base64.b64encode(bytes(32)).decode(), "sign_in": "development", "sign_in_url": "http://issuer"}
)
TEN = Counts(applied=6, no_change=1, skipped=1, held=1, failed=1)


@pytest.fixture(scope="module")
def pages(app: FastAPI) -> FastAPI:
    add_pages(app, SETTINGS)
    return app


def client_of(pages: FastAPI, issuer: Issuer, name: str, zone: str = "UTC") -> httpx.AsyncClient:
    session = Session().signed_in(issuer.token(name), name=name, email=f"{name}@example.com", seconds=600)
    response = Response()
    Sessions(SETTINGS).write(response, session)
    cookie = response.headers["set-cookie"].split(";")[0].split("=", 1)[1]
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(pages),
        base_url="http://notifier",
        cookies={COOKIE: cookie, ZONE_COOKIE: zone},
    )


@pytest.fixture
async def iris(pages: FastAPI, issuer: Issuer) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(pages, issuer, "iris") as client:
        yield client


@pytest.fixture
async def biller(world: World) -> AsyncIterator[int]:
    """One at which iris may do everything; paula paperless only; nora nothing."""
    number = await world.biller()
    await world.right("iris", number, "all")
    await world.right("paula", number, "paperless")
    yield number
    for name in ("iris", "paula"):
        await world.no_rights(name)


async def begun(world: World, biller: int, **options: object) -> Imported:
    imported = await world.defined(biller, **options)  # type: ignore[arg-type]  # names of that function
    kind = options.get("kind", ImportKind.PAPERLESS)
    assert isinstance(kind, ImportKind)
    await world.say(ImportDefined(import_id=imported.import_id, biller_id=biller, kind=kind))
    return imported


async def ended(world: World, imported: Imported, at: datetime, state: FinalState = FinalState.COMPLETED) -> None:
    await world.say(
        ImportFinished(
            import_id=imported.import_id,
            biller_id=imported.biller_id,
            state=state,
            counts=TEN,
            codes={"R142": 1},
            started_at=at - timedelta(minutes=1),
            finished_at=at,
        )
    )


async def page(client: httpx.AsyncClient, address: str, **asked: str) -> str:
    answer = await client.get(address, params=asked or None)
    assert answer.status_code == 200, answer.text
    return answer.text


def shown(text: str, *imports: Imported) -> list[bool]:
    return [f"/status/imports/{one.import_id}" in text for one in imports]


@pytest.mark.usefixtures("biller")
async def test_empty_lists_say_what_to_do(iris: httpx.AsyncClient) -> None:
    assert "Nothing is running" in await page(iris, "/status/in-progress")
    assert "No import has ended yet" in await page(iris, "/status/completed")
    assert "No import fits this search" in await page(iris, "/status/completed", text="nothing of the kind")


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


async def test_a_part_that_failed_says_so_in_plain_words(iris: httpx.AsyncClient, world: World, biller: int) -> None:
    imported = await running(world, biller)
    assert "failed" not in troubles(await page(iris, "/status/in-progress"))
    await failing_chunk(world, imported.import_id, attempts=1)
    for address in ("/status/in-progress", f"/status/imports/{imported.import_id}"):
        found = troubles(await page(iris, address))
        assert "Part 2 of 3 failed once" in found
        assert "Nothing of it was written" in found
        assert "the other parts go on" in found
        assert "the import waits for an operator" in found
    await world.admin.execute("UPDATE execution.chunk SET attempts = 4 WHERE import_id = $1", imported.import_id)
    assert "failed 4 times" in troubles(await page(iris, "/status/in-progress"))
    await world.admin.execute("UPDATE execution.chunk SET state = 'applied' WHERE import_id = $1", imported.import_id)
    assert "failed" not in troubles(await page(iris, "/status/in-progress"))


async def running(world: World, biller: int, **options: object) -> Imported:
    imported = await begun(world, biller, **options)
    about = {"import_id": imported.import_id, "biller_id": biller}
    await world.say(
        ImportApproved(**about, check_no=1, codes={}, planned=TEN, chunks=3),
        ChunkApplied(**about, chunk_no=0, counts=Counts(applied=4), codes={}),
    )
    return imported


async def failing_chunk(world: World, import_id: UUID, attempts: int) -> None:
    await world.admin.execute(
        "UPDATE execution.chunk SET attempts = $2 WHERE import_id = $1 AND chunk_no = 1", import_id, attempts
    )


def troubles(text: str) -> str:
    return " ".join(re.findall(r"<div data-troubles[^>]*>(.*?)</div>", text, re.DOTALL))


async def test_a_held_import_leads_to_its_answers(iris: httpx.AsyncClient, world: World, biller: int) -> None:
    imported = await begun(world, biller)
    await world.say(
        ImportHeld(
            import_id=imported.import_id,
            biller_id=biller,
            check_no=1,
            codes={"C223": 2},
            planned=TEN,
            undecided=("C223",),
        )
    )
    text = await page(iris, "/status/in-progress")
    assert "Waits for you" in text
    assert f"/checks/{imported.import_id}" in text


async def test_an_ended_import_shows_conservation_rows_mails_and_trail(
    iris: httpx.AsyncClient, world: World, biller: int
) -> None:
    imported = await world.defined(biller)
    await world.finished(imported, [(2, Outcome.APPLIED, []), (3, Outcome.FAILED, ["R142"])])
    address = f"/status/imports/{imported.import_id}"
    text = await page(iris, address)
    assert re.search(r"<b>2</b> read = <b>1</b> applied", text)
    assert "The email is malformed" in text
    await world.log_says(imported, 3, legacy_id="P-<3>")
    rows = await page(iris, f"{address}/rows", outcome="failed")
    assert "WTR-000003" in rows
    assert "Id in the old system: P-&lt;3&gt;" in rows
    assert "WTR-000002" not in rows
    assert "No row fits" in await page(iris, f"{address}/rows", code="R101")
    assert "Ended" in await page(iris, f"{address}/trail")
    assert (await iris.get(f"{address}/mails")).status_code == 200


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
    assert answered[0]["reason"].endswith("left alone. What changed since the check: owner; payment blocks")
    assert answered[1]["reason"].endswith("left alone")
    assert "Changed since the check" not in await page(iris, f"/status/imports/{imported.import_id}")


async def test_what_changed_for_the_whole_import_is_said_once_with_what_helps(
    iris: httpx.AsyncClient, client: httpx.AsyncClient, world: World, biller: int
) -> None:
    imported = await world.defined(biller)
    await world.finished(imported, [(2, Outcome.HELD, ["R198"])], FinalState.COMPLETED_WITH_ERRORS)
    await world.changed(imported, 2, "biller closed", "of a newer release", whole=True)
    shown = await page(iris, f"/status/imports/{imported.import_id}")
    assert shown.count("Biller closed.") == 1
    assert "Importing again does not help while the biller is closed" in shown
    answered = (await client.get(f"/imports/{imported.import_id}")).json()["changed"]
    assert [one["name"] for one in answered] == ["biller closed", "of a newer release"]
    assert answered[0]["remedy"].startswith("Importing again does not help")
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
    assert re.search(r"Made with recipe <a [^>]*>Monthly</a>, version 4\.", text)


async def test_counts_of_a_cancelled_import_are_shown_when_they_are_final(
    iris: httpx.AsyncClient, world: World, biller: int
) -> None:
    imported = await running(world, biller)
    await world.say(ImportCancelled(import_id=imported.import_id, biller_id=biller))
    address = f"/status/imports/{imported.import_id}"
    found = await page(iris, address)
    assert "Cancelling: chunks in progress are finishing" in found
    assert "Cancel…" not in found
    assert "4 of 10 rows" in found
    assert "Outcome</h2>" not in found
    assert "data-live-list" in found
    await ended(world, imported, datetime(2026, 3, 4, tzinfo=UTC), FinalState.CANCELLED)
    found = await page(iris, address)
    assert "Outcome</h2>" in found
    assert "data-live-list" not in found


async def test_a_cancellation_is_in_progress_until_it_is_final(
    client: httpx.AsyncClient, world: World, biller: int
) -> None:
    imported = await running(world, biller)
    await world.say(ImportCancelled(import_id=imported.import_id, biller_id=biller))

    async def listed(group: str) -> dict[str, str]:
        found = (await client.get("/imports", params={"group": group})).json()["items"]
        return {one["import_id"]: one["state"] for one in found}

    import_id = str(imported.import_id)
    assert (await listed("in_progress"))[import_id] == "cancelling"
    assert import_id not in await listed("completed")
    await ended(world, imported, datetime(2026, 3, 4, tzinfo=UTC), FinalState.CANCELLED)
    assert (await listed("completed"))[import_id] == "cancelled"
    assert import_id not in await listed("in_progress")


async def test_an_import_that_waits_says_for_what_and_how_it_goes_on(
    client: httpx.AsyncClient, iris: httpx.AsyncClient, world: World, biller: int
) -> None:
    imported = await running(world, biller)
    before = (await client.get(f"/imports/{imported.import_id}")).json()["revision"]
    await world.say(ImportWaiting(import_id=imported.import_id, biller_id=biller, reason="42501"))
    item = (await client.get(f"/imports/{imported.import_id}")).json()
    assert (item["state"], item["group"]) == ("waiting", "in_progress")
    assert item["waiting"]["text"] == "the executor has not every right in the database that it needs"
    assert item["revision"] > before
    address = f"/status/imports/{imported.import_id}"
    found = await page(iris, address)
    assert "Waits for an operator: the executor has not every right" in found
    assert f"customer-import resume {imported.import_id}" in found
    assert "Waits for an operator" in await page(iris, f"{address}/trail")

    await world.say(ImportResumed(import_id=imported.import_id, biller_id=biller))
    assert "Waits for an operator" not in await page(iris, address)


async def test_a_forged_word_of_waiting_changes_nothing(client: httpx.AsyncClient, world: World, biller: int) -> None:
    imported = await running(world, biller)
    await world.hear(ImportWaiting(import_id=imported.import_id, biller_id=biller, reason="42501"))
    item = (await client.get(f"/imports/{imported.import_id}")).json()
    assert (item["state"], item["waiting"]) == ("running", None)


async def test_a_part_that_waits_for_a_lock_says_so(iris: httpx.AsyncClient, world: World, biller: int) -> None:
    imported = await running(world, biller)
    await world.admin.execute(
        "UPDATE execution.chunk SET postponed = 3, last_problem = '55P03' WHERE import_id = $1 AND chunk_no = 1",
        imported.import_id,
    )
    found = await page(iris, f"/status/imports/{imported.import_id}")
    assert "Part 2 of 3 waits: a lock is held by another user of the CRM." in found


async def test_an_import_behind_another_of_its_biller_says_so(
    pages: FastAPI, issuer: Issuer, client: httpx.AsyncClient, iris: httpx.AsyncClient, world: World, biller: int
) -> None:
    ahead = await running(world, biller, file_name="first.csv", kind=ImportKind.AUTOPAY)
    later = await checking(world, biller)
    for address in ("/status/in-progress", f"/status/imports/{later.import_id}"):
        found = troubles(await page(iris, address))
        link = f'<a href="/status/imports/{ahead.import_id}">first.csv</a>'
        assert f"Waiting for another import of this biller: {link} (Running)." in found
    assert "Nothing worth a word" not in await page(iris, f"/status/imports/{later.import_id}")
    assert "The check has not ended yet." in await page(iris, f"/status/imports/{later.import_id}")
    assert "Waiting for another import" not in await page(iris, f"/status/imports/{ahead.import_id}")

    await world.say(ImportWaiting(import_id=ahead.import_id, biller_id=biller, reason="42501"))
    behind = (await client.get(f"/imports/{later.import_id}")).json()["behind"]
    assert (behind["import_id"], behind["state"]) == (str(ahead.import_id), "waiting")
    assert behind["text"] == "Waiting for another import of this biller: first.csv (Waiting for an operator)"
    listed = (await client.get("/imports", params={"state": "checking"})).json()["items"]
    assert [one["behind"] for one in listed if one["import_id"] == str(later.import_id)] == [behind]

    async with client_of(pages, issuer, "paula") as paula:  # sees no import of autopay, so not what that file is called
        found = troubles(await page(paula, f"/status/imports/{later.import_id}"))
    assert "Waiting for another import of this biller (Waiting for an operator)." in found
    assert "first.csv" not in found
    assert str(ahead.import_id) not in found

    await ended(world, ahead, datetime(2026, 3, 4, tzinfo=UTC))
    await world.admin.execute(
        "UPDATE validation.import_check SET state = 'finished' WHERE import_id = $1", ahead.import_id
    )
    assert (await client.get(f"/imports/{later.import_id}")).json()["behind"] is None
    assert "Waiting for another import" not in await page(iris, "/status/in-progress")


async def checking(world: World, biller: int) -> Imported:
    """One whose check has not begun."""
    imported = await begun(world, biller, file_name="second.csv")
    await world.admin.execute(
        "INSERT INTO validation.import_check (import_id, biller_id, kind, file_sha256)"
        " SELECT id, biller_id, kind, 'second' FROM mapping.import WHERE id = $1",
        imported.import_id,
    )
    return imported


async def test_only_codes_that_stand_on_rows_lead_to_rows(iris: httpx.AsyncClient, world: World, biller: int) -> None:
    imported = await running(world, biller)
    await world.say(
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


async def test_an_import_cancelled_before_its_approval_has_nothing_to_wait_for(
    iris: httpx.AsyncClient, world: World, biller: int
) -> None:
    imported = await begun(world, biller)
    await world.say(ImportCancelled(import_id=imported.import_id, biller_id=biller))
    found = await page(iris, f"/status/imports/{imported.import_id}")
    assert "Outcome</h2>" in found
    assert "Nothing was applied." in found


async def test_other_parts_go_on_only_where_there_are_others(
    iris: httpx.AsyncClient, world: World, biller: int
) -> None:
    imported = await begun(world, biller)
    await world.say(
        ImportApproved(import_id=imported.import_id, biller_id=biller, check_no=1, codes={}, planned=TEN, chunks=1)
    )
    await world.admin.execute("UPDATE execution.chunk SET attempts = 1 WHERE import_id = $1", imported.import_id)
    found = troubles(await page(iris, f"/status/imports/{imported.import_id}"))
    assert "Part 1 of 1 failed once" in found
    assert "other parts" not in found
