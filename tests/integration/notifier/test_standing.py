"""What keeps an import from going on, on its pages and in the API."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI

from shared.contracts.events import (
    CheckProgressed,
    FinalState,
    FirstRowsApplied,
    ImportApproved,
    ImportCancelled,
    ImportContinued,
    ImportResumed,
    ImportWaiting,
)
from shared.contracts.kinds import ImportKind
from stack.issuer import Issuer
from tests.integration.notifier.browsing import TEN, begun, client_of, ended, page, running
from tests.integration.notifier.world import Imported, World


async def test_a_part_that_failed_says_so_in_plain_words(iris: httpx.AsyncClient, world: World, biller: int) -> None:
    imported = await running(world, biller)
    assert "failed" not in troubles(await page(iris, "/status/in-progress"))
    await failing_chunk(world, imported.import_id, attempts=1)
    for address in ("/status/in-progress", f"/status/imports/{imported.import_id}"):
        found = troubles(await page(iris, address))
        assert "Batch 2 of 3 failed once" in found
        assert " and was rolled back" in found
        assert "other batches continue" in found
        assert "the import waits for an operator" in found
    await world.admin.execute("UPDATE execution.chunk SET attempts = 4 WHERE import_id = $1", imported.import_id)
    assert "failed 4 times" in troubles(await page(iris, "/status/in-progress"))
    await world.admin.execute("UPDATE execution.chunk SET state = 'applied' WHERE import_id = $1", imported.import_id)
    assert "failed" not in troubles(await page(iris, "/status/in-progress"))


async def failing_chunk(world: World, import_id: UUID, attempts: int) -> None:
    await world.admin.execute(
        "UPDATE execution.chunk SET attempts = $2 WHERE import_id = $1 AND chunk_no = 1", import_id, attempts
    )


def troubles(text: str) -> str:
    return " ".join(re.findall(r"<div data-troubles[^>]*>(.*?)</div>", text, re.DOTALL))


async def test_other_parts_go_on_only_where_there_are_others(
    iris: httpx.AsyncClient, world: World, biller: int
) -> None:
    imported = await begun(world, biller)
    await world.publish(
        ImportApproved(import_id=imported.import_id, biller_id=biller, check_no=1, codes={}, planned=TEN, chunks=1)
    )
    await world.admin.execute("UPDATE execution.chunk SET attempts = 1 WHERE import_id = $1", imported.import_id)
    found = troubles(await page(iris, f"/status/imports/{imported.import_id}"))
    assert "Batch 1 of 1 failed once" in found
    assert "other batches" not in found


async def test_a_part_that_waits_for_a_lock_says_so(
    client: httpx.AsyncClient, iris: httpx.AsyncClient, world: World, biller: int
) -> None:
    imported = await running(world, biller)
    await world.admin.execute(
        "UPDATE execution.chunk SET postponed = 3, last_problem = '55P03' WHERE import_id = $1 AND chunk_no = 1",
        imported.import_id,
    )
    found = await page(iris, f"/status/imports/{imported.import_id}")
    assert "Batch 2 of 3 waits: another user of the CRM has locked the same records." in found
    [part] = (await client.get(f"/imports/{imported.import_id}")).json()["waiting_parts"]
    assert part.pop("next_try_at")
    assert part == {"part": 2, "attempts": 0, "text": "waits: another user of the CRM has locked the same records"}


async def test_an_import_that_waits_says_for_what_and_how_it_goes_on(
    client: httpx.AsyncClient, iris: httpx.AsyncClient, world: World, biller: int
) -> None:
    imported = await running(world, biller)
    before = (await client.get(f"/imports/{imported.import_id}")).json()["revision"]
    await world.publish(ImportWaiting(import_id=imported.import_id, biller_id=biller, reason="42501"))
    item = (await client.get(f"/imports/{imported.import_id}")).json()
    assert (item["state"], item["group"]) == ("waiting", "in_progress")
    assert item["waiting"]["text"] == "the executor lacks a database permission that it needs"
    assert item["revision"] > before
    address = f"/status/imports/{imported.import_id}"
    found = await page(iris, address)
    assert "Waiting for an operator: the executor lacks a database permission" in found
    assert "Someone who operates the system can resume it" in found
    assert "Waiting for an operator" in await page(iris, f"{address}/trail")

    await world.publish(ImportResumed(import_id=imported.import_id, biller_id=biller))
    assert "Waiting for an operator" not in await page(iris, address)


async def test_an_import_that_is_paused_says_since_when_and_tells_by_mail_once(
    client: httpx.AsyncClient, iris: httpx.AsyncClient, world: World, biller: int
) -> None:
    recipient = await world.recipient(biller, "log@example.com")
    imported = await running(world, biller, recipients=[recipient])
    address, about = f"/status/imports/{imported.import_id}", {"import_id": imported.import_id, "biller_id": biller}
    assert "Review first rows" not in await page(iris, address)
    await world.publish(FirstRowsApplied(**about))
    item = (await client.get(f"/imports/{imported.import_id}")).json()
    assert (item["state"], item["group"]) == ("in_review", "in_progress")
    assert item["in_review_since"]
    found = await page(iris, address)
    assert "Paused for review since" in found
    assert f"/checks/{imported.import_id}/canary" in found
    assert "Paused for review" in await page(iris, f"{address}/trail")
    listed = (await client.get("/imports", params={"state": "in_review"})).json()["items"]
    assert str(imported.import_id) in [one["import_id"] for one in listed]
    await world.hear(FirstRowsApplied(**about))
    assert await _mails(world, imported.import_id) == [("pause", "pending")]

    await world.publish(ImportContinued(**about))
    item = (await client.get(f"/imports/{imported.import_id}")).json()
    assert (item["state"], item["in_review_since"]) == ("running", None)
    await ended(world, imported, datetime.now(UTC))
    assert await _mails(world, imported.import_id) == [("end", "pending")]


async def _mails(world: World, import_id: UUID) -> list[tuple[str, str]]:
    rows = await world.admin.fetch("SELECT about, state FROM notification.mail WHERE import_id = $1", import_id)
    return [(row["about"], row["state"]) for row in rows]


async def test_those_who_work_everywhere_can_resume_what_waits(
    iris: httpx.AsyncClient, world: World, biller: int
) -> None:
    imported = await running(world, biller)
    places = ("/status/in-progress", f"/status/imports/{imported.import_id}")
    link = f"/checks/{imported.import_id}/resume"

    async def offered() -> list[bool]:
        return [link in await page(iris, address) for address in places]

    await world.right("iris", None, "all")
    assert await offered() == [False, False]
    await world.publish(ImportWaiting(import_id=imported.import_id, biller_id=biller, reason="42501"))
    assert await offered() == [True, True]
    await world.admin.execute("UPDATE crm.operator_right SET permission = 'paperless' WHERE subject = 'iris'")
    assert await offered() == [False, False]
    await world.admin.execute("UPDATE crm.operator_right SET permission = 'all' WHERE subject = 'iris'")
    await world.publish(ImportCancelled(import_id=imported.import_id, biller_id=biller))
    assert await offered() == [False, False]


async def test_a_forged_word_of_waiting_changes_nothing(client: httpx.AsyncClient, world: World, biller: int) -> None:
    imported = await running(world, biller)
    await world.hear(ImportWaiting(import_id=imported.import_id, biller_id=biller, reason="42501"))
    item = (await client.get(f"/imports/{imported.import_id}")).json()
    assert (item["state"], item["waiting"]) == ("running", None)


async def test_counts_of_a_cancelled_import_are_shown_when_they_are_final(
    iris: httpx.AsyncClient, world: World, biller: int
) -> None:
    imported = await running(world, biller)
    await world.publish(ImportCancelled(import_id=imported.import_id, biller_id=biller))
    address = f"/status/imports/{imported.import_id}"
    found = await page(iris, address)
    assert "Batches in progress are finishing" in found
    assert "Cancel…" not in found
    assert "4 of 10 rows" in found
    assert "Results</h2>" not in found
    assert "data-live-list" in found
    await ended(world, imported, datetime(2026, 3, 4, tzinfo=UTC), FinalState.CANCELLED)
    found = await page(iris, address)
    assert "Results</h2>" in found
    assert "data-live-list" not in found


async def test_a_cancellation_is_in_progress_until_it_is_final(
    client: httpx.AsyncClient, world: World, biller: int
) -> None:
    imported = await running(world, biller)
    await world.publish(ImportCancelled(import_id=imported.import_id, biller_id=biller))

    async def listed(group: str) -> dict[str, str]:
        found = (await client.get("/imports", params={"group": group})).json()["items"]
        return {one["import_id"]: one["state"] for one in found}

    import_id = str(imported.import_id)
    assert (await listed("in_progress"))[import_id] == "cancelling"
    assert import_id not in await listed("completed")
    await ended(world, imported, datetime(2026, 3, 4, tzinfo=UTC), FinalState.CANCELLED)
    assert (await listed("completed"))[import_id] == "cancelled"
    assert import_id not in await listed("in_progress")


async def test_an_import_cancelled_before_its_approval_has_nothing_to_wait_for(
    iris: httpx.AsyncClient, world: World, biller: int
) -> None:
    imported = await begun(world, biller)
    await world.publish(ImportCancelled(import_id=imported.import_id, biller_id=biller))
    found = await page(iris, f"/status/imports/{imported.import_id}")
    assert "Results</h2>" in found
    assert "Nothing was applied." in found


async def test_an_import_behind_another_of_its_biller_says_so(
    pages: FastAPI, issuer: Issuer, client: httpx.AsyncClient, iris: httpx.AsyncClient, world: World, biller: int
) -> None:
    ahead = await running(world, biller, file_name="first.csv", kind=ImportKind.AUTOPAY)
    later = await checking(world, biller)
    for address in ("/status/in-progress", f"/status/imports/{later.import_id}"):
        found = troubles(await page(iris, address))
        link = f'<a href="/status/imports/{ahead.import_id}">first.csv</a>'
        assert f"Waiting for another import for this biller: {link} (Running)." in found
    assert "No problems." not in await page(iris, f"/status/imports/{later.import_id}")
    assert "The check has not finished yet." in await page(iris, f"/status/imports/{later.import_id}")
    assert "Waiting for another import" not in await page(iris, f"/status/imports/{ahead.import_id}")

    await world.publish(ImportWaiting(import_id=ahead.import_id, biller_id=biller, reason="42501"))
    behind = (await client.get(f"/imports/{later.import_id}")).json()["behind"]
    assert (behind["import_id"], behind["state"]) == (str(ahead.import_id), "waiting")
    assert behind["text"] == "Waiting for another import for this biller: first.csv (Waiting for an operator)"
    listed = (await client.get("/imports", params={"state": "checking"})).json()["items"]
    assert [one["behind"] for one in listed if one["import_id"] == str(later.import_id)] == [behind]

    async with client_of(pages, issuer, "paula") as paula:  # sees no import of autopay, so not what that file is called
        found = troubles(await page(paula, f"/status/imports/{later.import_id}"))
    assert "Waiting for another import for this biller (Waiting for an operator)." in found
    assert "first.csv" not in found
    assert str(ahead.import_id) not in found

    await ended(world, ahead, datetime(2026, 3, 4, tzinfo=UTC))
    await world.admin.execute(
        "UPDATE validation.import_check SET state = 'finished' WHERE import_id = $1", ahead.import_id
    )
    assert (await client.get(f"/imports/{later.import_id}")).json()["behind"] is None
    assert "Waiting for another import" not in await page(iris, "/status/in-progress")


async def test_a_check_that_waits_for_its_turn_says_how_many_are_before_it(
    client: httpx.AsyncClient, iris: httpx.AsyncClient, world: World, biller: int
) -> None:
    """Billers take turns: of another biller's checks only the first is before the first one of this biller."""
    await world.admin.execute("UPDATE validation.import_check SET state = 'finished' WHERE state = 'pending'")
    other = await world.biller("Somebody else")
    began, *_ = [await checking(world, other) for _ in range(3)]
    mine, later = await checking(world, biller), await checking(world, biller)

    async def queue(imported: Imported) -> dict[str, Any] | None:
        found: dict[str, Any] | None = (await client.get(f"/imports/{imported.import_id}")).json()["queue"]
        return found

    assert [(await queue(one) or {})["before"] for one in (mine, later)] == [1, 3]
    await world.admin.execute("UPDATE validation.import_check SET begun = 1 WHERE import_id = $1", began.import_id)
    of_other = {"import_id": began.import_id, "biller_id": other}
    await world.publish(CheckProgressed(**of_other, check_no=1, rows_read=1_500, bytes_read=1, bytes_total=2))
    words = "1 check is before this one; it has read 1,500 rows"
    assert await queue(mine) == {"before": 1, "first_rows_read": 1_500, "text": words}
    found = troubles(await page(iris, f"/status/imports/{mine.import_id}"))
    assert f"{words}." in found
    assert "Somebody else" not in found
    await world.admin.execute("UPDATE validation.import_check SET begun = 1 WHERE import_id = $1", mine.import_id)
    assert await queue(mine) is None


async def checking(world: World, biller: int) -> Imported:
    """One whose check has not begun."""
    imported = await begun(world, biller, file_name="second.csv")
    await world.admin.execute(
        "INSERT INTO validation.import_check (import_id, biller_id, kind, file_sha256)"
        " SELECT id, biller_id, kind, 'second' FROM mapping.import WHERE id = $1",
        imported.import_id,
    )
    return imported
