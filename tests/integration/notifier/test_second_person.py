"""Approvers are told what waits for them, once for each wait; who asked is told what became of it."""

import json
from collections.abc import AsyncIterator
from email.message import EmailMessage
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from shared.contracts.event import ImportEvent
from shared.contracts.events import (
    ApprovalRequested,
    ImportApproved,
    ImportCancelled,
    ImportConfirmed,
    ImportHeld,
    ImportReturned,
)
from tests.integration.notifier.browsing import TEN, begun
from tests.integration.notifier.telling import Told, telling, text_of
from tests.integration.notifier.world import Imported, World

_DECIDE = """
INSERT INTO mapping.decision (import_id, code, choice, count_seen, decided_by, decided_by_name)
VALUES ($1, 'C207', 'continue', $3, $2, $2)
ON CONFLICT (import_id, code) DO UPDATE SET count_seen = $3, decided_by = $2, decided_at = now(), approved_by = NULL,
    approved_at = NULL
"""
_APPROVE = """
UPDATE mapping.decision SET approved_by = $2, approved_by_name = 'Sam Okafor', approved_at = now() WHERE import_id = $1
"""
_RETURN = """
INSERT INTO mapping.returned (import_id, check_no, note, returned_by, returned_by_name, asked_by)
SELECT $1, check_no, 'Ask about bob@x.org', $2, 'Sam Okafor', 'iris' FROM validation.import_check WHERE import_id = $1
ON CONFLICT (import_id, check_no) DO UPDATE SET returned_at = now()
"""


class Approving:
    """An import that iris requests and asks nora or paula to approve."""

    def __init__(self, told: Told, imported: Imported) -> None:
        self.told = told
        self.imported = imported
        self.admin = told.world.admin
        self.about = {"import_id": imported.import_id, "biller_id": imported.biller_id}

    @property
    def id(self) -> UUID:
        return self.imported.import_id

    async def says(self, *events: ImportEvent) -> list[EmailMessage]:
        """What happens, and what people get of it."""
        await self.told.world.publish(*events)
        return await self.told.now()

    async def is_held(self, check_no: int = 1, count: int = 9) -> list[EmailMessage]:
        """A check finds that a second person is needed; mapping follows it."""
        await self.admin.execute("UPDATE mapping.import SET state = 'held' WHERE id = $1", self.id)
        codes = {"C207": count}
        return await self.says(
            ImportHeld(**self.about, check_no=check_no, codes=codes, planned=TEN, undecided=("C207",))
        )

    async def asks(self, person: str = "iris", check_no: int = 1, count: int = 9) -> list[EmailMessage]:
        await self.admin.execute(_DECIDE, self.id, person, count)
        return await self.says(ApprovalRequested(**self.about, check_no=check_no))

    async def is_approved(self, person: str, check_no: int = 1) -> list[EmailMessage]:
        await self.admin.execute(_APPROVE, self.id, person)
        return await self.says(ImportConfirmed(**self.about, check_no=check_no))

    async def is_returned(self, person: str, check_no: int = 1) -> list[EmailMessage]:
        await self.admin.execute("DELETE FROM mapping.decision WHERE import_id = $1", self.id)
        await self.admin.execute(_RETURN, self.id, person)
        return await self.says(ImportReturned(**self.about, check_no=check_no))


def receivers(messages: list[EmailMessage]) -> list[str]:
    return sorted(str(message["To"]).split("@")[0] for message in messages)


@pytest.fixture(autouse=True)
def with_pages(pages: FastAPI) -> None:
    """Before the API answers its first request."""


@pytest.fixture
async def told(world: World) -> AsyncIterator[Told]:
    async with telling(world) as one:
        yield one


@pytest.fixture
async def asking(told: Told, world: World, biller: int) -> AsyncIterator[Approving]:
    """Held and decided by nobody; nora and paula may approve, and so might iris if it were not hers."""
    await world.right("nora", biller, "all")
    await world.admin.execute("UPDATE crm.operator_right SET may_approve = true WHERE biller_id = $1", biller)
    one = Approving(told, await begun(world, biller))
    assert receivers(await one.is_held()) == ["iris"], "it needs a decision"
    yield one
    await world.no_rights("nora")


async def test_approvers_are_told_who_asks_for_what(asking: Approving) -> None:
    messages = await asking.asks()
    assert receivers(messages) == ["nora", "paula"]
    [message] = [one for one in messages if str(one["To"]).startswith("nora")]
    assert str(message["Subject"]).endswith("paperless: needs your approval")
    lines = text_of(message).splitlines()
    for line in (
        "File          customers.csv",
        "Requested by  Iris Implementer",
        "  iris asks for approval",
        "  Rows: 10 (6 to apply, 1 no change, 1 to skip, 1 on hold, 1 failed)",
        "  It waits for you or paula",
        f"https://import.example.com/checks/{asking.id}",
        "You get this email because you may approve this import. Choose what you get:",
    ):
        assert line in lines
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


async def test_it_is_one_mail_for_each_wait(asking: Approving) -> None:
    assert receivers(await asking.asks()) == ["nora", "paula"]
    assert await asking.asks() == [], "asked again"
    assert await asking.is_held(check_no=2) == [], "another check of the same wait"
    assert receivers(await asking.is_returned("nora", check_no=2)) == ["iris"]
    assert receivers(await asking.asks(check_no=2)) == ["nora", "paula"], "another wait"
    assert receivers(await asking.is_approved("paula", check_no=2)) == ["iris"]
    more = await asking.is_held(check_no=3, count=12)
    assert receivers(more) == ["iris", "nora", "paula"], "there is more than was approved"


async def test_who_asked_hears_that_it_was_approved_and_who_approved_does_not(asking: Approving, world: World) -> None:
    await world.admin.execute("INSERT INTO notification.watch (subject) VALUES ('nora'), ('paula')")
    await asking.asks()
    messages = await asking.is_approved("nora")
    assert receivers(messages) == ["iris", "paula"]
    assert str(messages[0]["Subject"]).endswith(": was approved")
    text = text_of(messages[0])
    assert "  Approved by Sam Okafor" in text.splitlines()
    assert f"https://status.example.com/status/imports/{asking.id}" in text.splitlines()
    approved = ImportApproved(**asking.about, check_no=2, codes={}, planned=TEN, chunks=3)
    assert await asking.says(approved) == [], "once"


async def test_a_return_is_told_with_a_link_to_its_note_and_never_the_note(asking: Approving) -> None:
    await asking.asks()
    [message] = await asking.is_returned("nora")
    assert message["To"] == "iris@example.com"
    assert str(message["Subject"]).endswith(": was returned with a note")
    text = text_of(message)
    assert "  Returned by Sam Okafor" in text.splitlines()
    assert f"https://import.example.com/checks/{asking.id}" in text.splitlines()
    assert "Ask about" not in text
    assert "bob" not in text


async def test_whoever_asks_for_a_request_of_somebody_else_is_told_too(told: Told, world: World, biller: int) -> None:
    one = Approving(told, await begun(world, biller, requester=("robot", "Nightly")))
    await one.is_held()
    assert await one.asks() == [], "nobody may approve"
    assert receivers(await one.is_returned("nora")) == ["iris"]


@pytest.mark.parametrize("meanwhile", ["decided", "returned", "canceled", "withdrawn", "unwanted"])
async def test_what_is_past_or_not_theirs_any_more_is_not_told(
    asking: Approving, told: Told, world: World, meanwhile: str
) -> None:
    await world.admin.execute(_DECIDE, asking.id, "iris", 9)
    await world.publish(ApprovalRequested(**asking.about, check_no=1))
    match meanwhile:
        case "decided":
            assert receivers(await asking.is_approved("paula")) == ["iris"]
        case "returned":
            assert receivers(await asking.is_returned("paula")) == ["iris"]
        case "canceled":
            assert await asking.says(ImportCancelled(**asking.about)) == []
        case "withdrawn":
            await world.admin.execute("UPDATE crm.operator_right SET may_approve = false WHERE subject = 'nora'")
            assert await told.to() == ["paula"]
        case _:
            choice = "INSERT INTO notification.notice_choice VALUES ('nora', 'needs_approval', false)"
            await world.admin.execute(choice)
            assert await told.to() == ["paula"]
    assert await told.to() == []


async def test_a_return_that_is_asked_again_is_past(asking: Approving, world: World, told: Told) -> None:
    await asking.asks()
    await world.admin.execute("DELETE FROM mapping.decision WHERE import_id = $1", asking.id)
    await world.admin.execute(_RETURN, asking.id, "nora")
    await world.publish(ImportReturned(**asking.about, check_no=1))
    assert receivers(await asking.asks()) == ["nora", "paula"]
    assert await told.to() == []


async def test_decided_in_advance_who_requested_is_told_whom_it_waits_for(asking: Approving, world: World) -> None:
    one = Approving(asking.told, await begun(world, asking.imported.biller_id))
    definition = json.dumps({"decide": {}})
    await world.admin.execute(
        "UPDATE mapping.import SET definition = definition || $2 WHERE id = $1", one.id, definition
    )
    await world.admin.execute("INSERT INTO notification.watch (subject) VALUES ('nora')")
    messages = await one.is_held()
    assert receivers(messages) == ["iris", "nora", "paula"], "nora, who watches, too, gets one"
    [own] = [message for message in messages if message["To"] == "iris@example.com"]
    assert str(own["Subject"]).endswith(": waits for approval")
    assert "  It waits for nora or paula" in text_of(own).splitlines()


async def test_who_asked_on_the_page_is_not_told_that_it_needs_a_decision(asking: Approving, world: World) -> None:
    await world.admin.execute("UPDATE notification.notice SET state = 'pending', not_before = now(), attempts = 0")
    assert receivers(await asking.asks()) == ["nora", "paula"]


async def test_an_occasion_of_a_newer_release_is_left_to_its_mailers(asking: Approving, told: Told) -> None:
    await asking.admin.execute(
        "INSERT INTO notification.notice (id, import_id, subject, occasion, place, message_id, not_before)"
        " VALUES ($1, $1, 'iris', 'unheard_of', '', '<new@example.com>', now() - interval '1 day')",
        asking.id,
    )
    assert receivers(await asking.asks()) == ["nora", "paula"]
    assert (await told.states(asking.imported)).count("pending") == 1


async def test_webhooks_are_told(asking: Approving, world: World) -> None:
    await world.admin.execute(
        "INSERT INTO notification.webhook (id, url, secret, made_by) VALUES ($1, 'https://x.org', '', 'iris')",
        asking.id,
    )
    await asking.asks()
    await asking.is_returned("nora")
    await asking.asks()
    await asking.is_approved("nora")
    rows = await world.admin.fetch(
        "SELECT body::jsonb ->> 'type' AS type, body::jsonb #>> '{data,state}' AS state,"
        " body::jsonb #>> '{data,needs_decision}' AS open FROM notification.webhook_delivery WHERE import_id = $1"
        " AND occasion <> 'held' ORDER BY queued_at",
        asking.id,
    )
    assert [tuple(row) for row in rows] == [
        ("import.needs_approval", "held", '["C207"]'),
        ("import.returned", "held", "[]"),
        ("import.needs_approval", "held", '["C207"]'),
        ("import.approved", "checking", "[]"),
    ]
    await world.admin.execute("DELETE FROM notification.webhook_delivery")
    await world.admin.execute("DELETE FROM notification.webhook")


async def test_the_choice_is_on_until_somebody_says_otherwise(client: httpx.AsyncClient) -> None:
    events = (await client.get("/notifications")).json()["events"]
    assert {events[name] for name in ("needs_approval", "approved", "returned")} == {True}
