"""People are told of imports that they requested or watch: once, as they chose, while they may see them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from email import policy
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from services.notifier.mailer.message import MessageWriter
from services.notifier.mailer.notice import NoticeText
from services.notifier.occasions import Occasion
from services.notifier.repository.outdated import remove_history
from services.notifier.unsubscribing import Unsubscribing
from shared.contracts.event import ImportEvent
from shared.contracts.events import (
    Counts,
    FinalState,
    FirstRowsApplied,
    ImportApproved,
    ImportConfirmed,
    ImportFinished,
    ImportHeld,
    ImportRejected,
    ImportResumed,
    ImportWaiting,
)
from stack.issuer import Issuer
from tests.integration.notifier.browsing import TEN, UNSUBSCRIBING, begun, client_of, page
from tests.integration.notifier.conftest import signed_in
from tests.integration.notifier.telling import LINKS, Told, telling, text_of
from tests.integration.notifier.world import NOON, Imported, World


@pytest.fixture(autouse=True)
def with_pages(pages: FastAPI) -> None:
    """Before the API answers its first request."""


@pytest.fixture
async def told(world: World) -> AsyncIterator[Told]:
    async with telling(world) as one:
        yield one


def held(imported: Imported, check_no: int = 1) -> ImportHeld:
    return ImportHeld(
        import_id=imported.import_id,
        biller_id=imported.biller_id,
        check_no=check_no,
        codes={"C241": 3},
        planned=TEN,
        undecided=("C241",),
    )


def approved(imported: Imported) -> ImportApproved:
    about = {"import_id": imported.import_id, "biller_id": imported.biller_id}
    return ImportApproved(**about, check_no=1, codes={}, planned=TEN, chunks=3)


def ended(imported: Imported, state: FinalState) -> ImportFinished:
    about = {"import_id": imported.import_id, "biller_id": imported.biller_id}
    moments = {"started_at": NOON, "finished_at": NOON + timedelta(minutes=3)}
    return ImportFinished(**about, state=state, counts=Counts(applied=2), codes={}, **moments)


async def test_who_requested_a_held_import_is_told_with_a_link_to_decide(told: Told, world: World, biller: int) -> None:
    imported = await begun(world, biller, file_name="ann@example.com.csv")
    await world.publish(held(imported))
    [message] = await told.now()
    assert message["To"] == "iris@example.com"
    assert "needs a decision" in str(message["Subject"])
    text = text_of(message)
    assert f"https://import.example.com/checks/{imported.import_id}" in text.splitlines()
    assert "(C241)" in text
    assert "ann@example.com" not in text
    assert "https://status.example.com/status/notifications" in text
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


async def test_it_is_one_mail_however_often_the_event_comes(told: Told, world: World, biller: int) -> None:
    imported = await begun(world, biller)
    event = held(imported)
    await world.publish(event, event, event.model_copy(update={"event_id": uuid4()}))
    assert await told.to() == ["iris"]
    await world.publish(event.model_copy(update={"event_id": uuid4()}))
    assert await told.to() == []


async def test_each_check_that_is_held_is_told(told: Told, world: World, biller: int) -> None:
    imported = await begun(world, biller)
    about = {"import_id": imported.import_id, "biller_id": biller}
    await world.publish(held(imported))
    assert await told.to() == ["iris"]
    await world.publish(ImportConfirmed(**about, check_no=1, decisions={}), held(imported, 2))
    assert await told.to() == ["iris"]


async def test_what_is_decided_meanwhile_is_not_told(told: Told, world: World, biller: int) -> None:
    imported = await begun(world, biller)
    await world.publish(held(imported))
    await world.publish(
        ImportConfirmed(import_id=imported.import_id, biller_id=biller, check_no=1, decisions={}),
    )
    assert await told.to() == []
    assert await told.states(imported) == ["dropped"]


async def test_who_lost_the_right_is_not_told(told: Told, world: World, biller: int) -> None:
    imported = await begun(world, biller)
    await world.publish(held(imported))
    await world.no_rights("iris")
    assert await told.to() == []
    assert await told.states(imported) == ["dropped"]


async def test_who_checks_on_the_pages_is_told_only_later(told: Told, world: World, biller: int) -> None:
    imported = await begun(world, biller)
    await world.admin.execute(
        "INSERT INTO mapping.draft (id, subject, biller_id, import_id) VALUES ($1, 'iris', $2, $3)",
        *(uuid4(), biller, imported.import_id),
    )
    await world.publish(held(imported))
    assert await told.to() == []
    await world.admin.execute("UPDATE notification.notice SET not_before = now()")
    assert await told.to() == ["iris"]


@pytest.mark.parametrize("event", [approved, ImportRejected, ImportWaiting, FirstRowsApplied, ended])
async def test_by_default_people_hear_what_they_have_to_do_something_about(
    told: Told, world: World, biller: int, event: Any
) -> None:
    imported = await begun(world, biller)
    about = {"import_id": imported.import_id, "biller_id": biller}
    steps: list[ImportEvent]
    match event:
        case _ if event is approved:
            steps, expected = [approved(imported)], []
        case _ if event is ImportRejected:
            steps, expected = [ImportRejected(**about, check_no=1, codes={"F001": 1})], ["iris"]
        case _ if event is ImportWaiting:
            steps, expected = [approved(imported), ImportWaiting(**about, reason="53100")], ["iris"]
        case _ if event is FirstRowsApplied:
            steps, expected = [approved(imported), FirstRowsApplied(**about, counts=TEN)], ["iris"]
        case _:
            steps, expected = [approved(imported), ended(imported, FinalState.COMPLETED)], []
    await world.publish(*steps)
    assert await told.to() == expected


async def test_every_occasion_is_told_to_who_chose_it(
    told: Told, world: World, client: httpx.AsyncClient, biller: int
) -> None:
    chosen = dict.fromkeys((one.value for one in Occasion), True)
    answer = await client.put("/notifications", json={"events": chosen})
    assert answer.json()["events"] == chosen
    imported = await begun(world, biller)
    about = {"import_id": imported.import_id, "biller_id": biller}
    subjects = []
    for step in (
        approved(imported),
        ImportWaiting(**about, reason="53100"),
        ImportResumed(**about),
        ImportWaiting(**about, reason="53100"),
        ended(imported, FinalState.FAILED),
    ):
        await world.publish(step)
        subjects += [str(message["Subject"]).rsplit(": ", 1)[1] for message in await told.now()]
    assert subjects == ["started", "waits for an operator", "waits for an operator", "failed"]


async def test_a_choice_counts_when_the_mail_is_made(
    told: Told, world: World, client: httpx.AsyncClient, biller: int
) -> None:
    imported = await begun(world, biller)
    await world.publish(held(imported))
    await client.put("/notifications", json={"events": {"held": False}})
    assert await told.to() == []
    assert await told.states(imported) == ["dropped"]


async def test_who_gets_the_log_gets_no_second_mail(
    told: Told, world: World, client: httpx.AsyncClient, biller: int
) -> None:
    await client.put("/notifications", json={"events": {"finished": True}})
    recipient = await world.recipient(biller, "IRIS@example.com")
    for recipients, expected in (([recipient], []), ([], ["iris"])):
        imported = await begun(world, biller, recipients=recipients)
        await world.publish(ended(imported, FinalState.COMPLETED))
        assert await told.to() == expected


async def test_watchers_of_an_import_a_biller_and_all_are_told_if_they_may_see_it(
    told: Told, world: World, app: FastAPI, issuer: Issuer, biller: int
) -> None:
    imported = await begun(world, biller, requester=("robot", "Nightly"))
    paula = httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://notifier/api/v1", headers=signed_in(issuer, "paula")
    )
    async with paula:
        assert (await paula.put(f"/imports/{imported.import_id}/watch")).status_code == 204
    await world.admin.execute("INSERT INTO notification.watch (subject, biller_id) VALUES ('iris', $1)", biller)
    await world.admin.execute("INSERT INTO notification.watch (subject) VALUES ('nora')")
    await world.publish(held(imported))
    assert await told.to() == ["iris", "paula"]


async def test_billers_are_watched_by_those_who_have_access(told: Told, client: httpx.AsyncClient, biller: int) -> None:
    world = told.world
    other = await world.biller()
    shown = (await client.put("/notifications", json={"billers": [biller, other]})).json()
    assert [one["id"] for one in shown["billers"] if one["is_watched"]] == [biller]
    assert shown["address"] == "iris@example.com"
    assert not shown["every_biller"]
    assert (await client.put("/notifications", json={"every_biller": True})).json()["every_biller"]
    shown = (await client.put("/notifications", json={"billers": []})).json()
    assert shown["every_biller"]
    assert not any(one["is_watched"] for one in shown["billers"])
    assert (await client.put("/notifications", json={"events": {"nothing": True}})).status_code == 422
    assert (await client.put(f"/imports/{uuid4()}/watch")).status_code == 404


async def test_of_many_billers_those_that_are_watched_are_listed_first(
    world: World, client: httpx.AsyncClient, biller: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await world.biller()
    right = "INSERT INTO crm.operator_right (subject, biller_id, permission) VALUES ('iris', $1, 'all')"
    await world.admin.execute(right, other)
    name = "UPDATE crm.biller SET name = $2 WHERE id = $1"
    await world.admin.executemany(name, [(biller, "Abbey"), (other, "Zeal")])
    monkeypatch.setattr("services.notifier.usecases.notifications.MOST_BILLERS", 1)
    shown = (await client.put("/notifications", json={"billers": [other]})).json()
    assert [(one["id"], one["is_watched"]) for one in shown["billers"]] == [(other, True)]


async def test_one_click_in_the_mail_is_the_end_of_such_mails(
    told: Told, world: World, pages: FastAPI, biller: int
) -> None:
    await world.publish(held(await begun(world, biller)))
    [message] = await told.now()
    link = str(message["List-Unsubscribe"]).strip("<>").removeprefix("https://status.example.com")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(pages), base_url="http://notifier") as stranger:
        assert "<form" in (await stranger.get(link)).text
        await world.publish(held(await begun(world, biller)))
        assert await told.to() == ["iris"], "looking changes nothing"
        answer = await stranger.post(link, data={"List-Unsubscribe": "One-Click"})
        assert "You get no more emails when: an import needs a decision" in answer.text
        assert (await stranger.post("/status/unsubscribe", params={"token": "AQdzZXNzaW9u"})).status_code == 404
        assert (await stranger.get("/status/unsubscribe")).status_code == 404
    await world.publish(held(await begun(world, biller)))
    assert await told.to() == []


async def test_what_was_told_goes_with_the_history(told: Told, world: World, biller: int) -> None:
    imported = await begun(world, biller)
    await world.publish(held(imported))
    assert await told.to() == ["iris"]
    await world.admin.execute(
        "UPDATE validation.import_check SET rows_removed_at = now(), finished_at = now() - interval '1 day'"
        " WHERE import_id = $1",
        imported.import_id,
    )
    async with world.database.transaction() as connection:
        assert await remove_history(connection, timedelta(hours=1)) == 1
    assert await told.states(imported) == []


async def test_the_pages_choose_and_watch(
    told: Told, world: World, pages: FastAPI, issuer: Issuer, biller: int
) -> None:
    imported = await begun(world, biller, requester=("robot", "Nightly"))
    async with client_of(pages, issuer, "iris") as iris:
        found = await page(iris, "/status/notifications")
        assert "iris@example.com" in found
        csrf = found.split('name="csrf" value="')[1].split('"')[0]
        answer = await iris.post(
            "/status/notifications", data={"csrf": csrf, "event": ["held", "started"], "biller": [str(biller)]}
        )
        assert answer.headers["location"] == "/status/notifications?saved=1"
        rows = await world.admin.fetch(
            "SELECT occasion FROM notification.notice_choice WHERE subject = 'iris' AND is_on"
        )
        assert {row["occasion"] for row in rows} == {"held", "started"}
        assert "Watch" in await page(iris, f"/status/imports/{imported.import_id}")
        await iris.post(f"/status/imports/{imported.import_id}/watch", data={"csrf": csrf, "watch": "yes"})
        assert "Stop watching" in await page(iris, f"/status/imports/{imported.import_id}")
        await iris.post(f"/status/imports/{imported.import_id}/watch", data={"csrf": csrf, "watch": ""})
        assert "Stop watching" not in await page(iris, f"/status/imports/{imported.import_id}")
    await world.publish(held(imported))
    assert await told.to() == ["iris"]


async def test_a_link_from_a_mail_program_survives_signing_in(pages: FastAPI, world: World, biller: int) -> None:
    imported = await begun(world, biller)
    link = LINKS.import_page(imported.import_id).removeprefix("https://status.example.com")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(pages), base_url="http://notifier") as stranger:
        answer = await stranger.get(link, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/sign-in?next=/status/imports/{imported.import_id}"


async def test_what_cannot_be_sent_is_tried_again_and_names_nobody_in_the_log(
    told: Told, world: World, biller: int, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    imported = await begun(world, biller)
    told.post.handler.replies = ["451 later"]
    await world.publish(held(imported))
    assert await told.to() == []
    assert await told.states(imported) == ["pending"]
    await world.admin.execute("UPDATE notification.notice SET not_before = now()")
    assert await told.to() == ["iris"]
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("mail.")]  # of the catcher
    assert "iris" not in "".join((*ours, *capsys.readouterr()))


def test_the_link_to_unsubscribe_stands_in_its_header_as_it_is() -> None:
    notice = NoticeText(
        "s", "k", "i", "b", "f", "r", "because", "id", (), "w", "l", "n", f"https://example.com/?token={'a' * 200}"
    )
    message = MessageWriter("i@example.com").write_notice(notice, "iris@example.com", "<1@example.com>")
    assert f"\nList-Unsubscribe: <{notice.unsubscribe}>\r\n".encode() in message.as_bytes(policy=policy.SMTP)


def test_a_token_of_others_is_none() -> None:
    token = UNSUBSCRIBING.token("iris", Occasion.HELD)
    assert UNSUBSCRIBING.read(token) == ("iris", Occasion.HELD)
    assert Unsubscribing(bytes(31) + b"1").read(token) is None
    assert Unsubscribing(None).read(token) is None
    assert not Unsubscribing(None).token("iris", Occasion.HELD)
    for broken in ("", "é", token[:-2], "A" * 100):
        assert UNSUBSCRIBING.read(broken) is None
