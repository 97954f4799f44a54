"""Mails through a real SMTP server that is down, refuses for a while or hangs up."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from services.notifier.links import Links
from services.notifier.log_file import ResultLog
from services.notifier.mailer import Mailer, PostOffice
from services.notifier.mailer.message import MessageWriter
from services.notifier.repository import mails
from services.notifier.repository.mails import Claim
from shared.contracts.events import Counts, FinalState, ImportFinished, ImportRejected
from shared.contracts.outcomes import Outcome
from stack.ports import free_port
from tests.integration.notifier.world import MAIL_DOMAIN, NOON, Imported, World

ROWS = [(2, Outcome.APPLIED, []), (3, Outcome.FAILED, ["R141"])]
DROP = "drop"


@dataclass
class Handler:
    """Answers DATA with these replies in turn, then takes everything."""

    replies: list[str] = field(default_factory=list)
    refused: str = ""
    seen: list[EmailMessage] = field(default_factory=list)
    taken: list[EmailMessage] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if all(known is not session for known in self.sessions):
            self.sessions.append(session)
        if self.refused:
            return self.refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.seen.append(message)
        reply = self.replies.pop(0) if self.replies else "250 Taken"
        if reply == DROP:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        elif reply.startswith("250"):
            self.taken.append(message)
        return reply


@dataclass
class Post:
    handler: Handler
    port: int
    world: World
    controller: Controller | None = None

    def start(self) -> None:
        self.controller = Controller(self.handler, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self) -> None:
        if self.controller is not None:
            self.controller.stop()
        self.controller = None

    def mailer(self) -> Mailer:
        office = PostOffice("127.0.0.1", self.port, starttls=False, timeout_seconds=5, sender="import@example.com")
        log = ResultLog(self.world.database, self.world.uploads)
        return Mailer(self.world.database, office, MessageWriter("import@example.com"), log, Links())

    async def mails(self, imported: Imported) -> list[dict[str, Any]]:
        records = await self.world.admin.fetch(
            "SELECT * FROM notification.mail WHERE import_id = $1 ORDER BY recipient_id", imported.import_id
        )
        return [dict(record) for record in records]

    async def make_due(self, imported: Imported, seconds: float = 0) -> None:
        await self.world.admin.execute(
            "UPDATE notification.mail SET not_before = now(), queued_at = queued_at - make_interval(secs => $2)"
            " WHERE import_id = $1",
            imported.import_id,
            seconds,
        )


@pytest.fixture
async def post(world: World) -> AsyncIterator[Post]:
    await world.admin.execute("DELETE FROM notification.mail")
    server = Post(Handler(), free_port(), world)
    server.start()
    yield server
    server.stop()


async def queued(world: World, *emails: str, name: str | None = None) -> tuple[Imported, list[UUID]]:
    biller = await world.biller(name)
    await world.right("iris", biller, "all")
    recipients = [await world.recipient(biller, email) for email in emails]
    imported = await world.defined(biller, recipients=recipients)
    await world.finished(imported, ROWS, FinalState.COMPLETED_WITH_ERRORS)
    return imported, recipients


async def test_each_recipient_gets_the_report_and_the_log(post: Post, world: World, client: httpx.AsyncClient) -> None:
    imported, recipients = await queued(world, "log@example.com", "boss@example.org", name="Riverbend")
    mailer = post.mailer()
    assert [await mailer.step() for _ in range(3)] == [True, True, False]
    assert {str(message["To"]) for message in post.handler.taken} == {"log@example.com", "boss@example.org"}
    assert {str(message["Message-ID"]) for message in post.handler.taken} == {
        f"<{imported.import_id}.{recipient}@{MAIL_DOMAIN}>" for recipient in recipients
    }
    message = post.handler.taken[0]
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    for words in (
        "Riverbend",
        "customers.csv",
        "Iris Implementer",
        "2 rows = 1 applied + 0 no change + 0 skipped + 0 on hold + 1 failed",
        "The email is missing",
        "****0003",
    ):
        assert words in text.get_content()
        assert words in html.get_content()
    (attached,) = message.iter_attachments()
    log = list(csv.reader(io.StringIO(attached.get_content(), newline="")))
    assert [row[2:4] for row in log[1:]] == [["2", "applied"], ["3", "failed"]]
    assert log[1][1] == "a***@example.com"
    whole = message.as_string()
    assert "ann@example.com" not in whole
    assert "bob@example.com" not in whole
    shown = (await client.get(f"/imports/{imported.import_id}/mails")).json()["items"]
    assert {one["address"] for one in shown} == {"l***@example.com", "b***@example.org"}
    assert {one["state"] for one in shown} == {"sent"}


async def test_a_server_that_is_down_is_tried_again_and_holds_nothing_up(post: Post, world: World) -> None:
    post.stop()
    imported, _ = await queued(world, "log@example.com")
    assert await post.mailer().step()
    (mail,) = await post.mails(imported)
    assert (mail["state"], mail["attempts"], mail["last_problem"]) == ("pending", 1, "SMTPConnectError")
    state = await world.admin.fetchval(
        "SELECT state FROM notification.import_view WHERE import_id = $1", imported.import_id
    )
    assert state == "completed_with_errors"
    post.start()
    await post.make_due(imported)
    assert await post.mailer().step()
    (mail,) = await post.mails(imported)
    assert (mail["state"], mail["last_problem"]) == ("sent", None)


async def test_a_server_that_is_busy_gets_the_same_message_later(post: Post, world: World) -> None:
    post.handler.replies = ["451 later", "451 later"]
    imported, _ = await queued(world, "log@example.com")
    waits = []
    for _ in range(2):
        await post.mailer().step()
        (mail,) = await post.mails(imported)
        waits.append(
            await world.admin.fetchval(
                "SELECT extract(epoch FROM not_before - now())::float8 FROM notification.mail WHERE import_id = $1",
                imported.import_id,
            )
        )
        assert (mail["state"], mail["last_problem"]) == ("pending", "451")
        await post.make_due(imported)
    assert waits[0] <= 1 < waits[1] <= 2
    await post.mailer().step()
    assert (await post.mails(imported))[0]["state"] == "sent"
    assert len({str(message["Message-ID"]) for message in post.handler.seen}) == 1
    assert len(post.handler.taken) == 1


async def test_a_line_cut_after_the_data_sends_the_same_message_id_again(post: Post, world: World) -> None:
    post.handler.replies = [DROP]
    imported, _ = await queued(world, "log@example.com")
    await post.mailer().step()
    (mail,) = await post.mails(imported)
    assert (mail["state"], mail["last_problem"]) == ("pending", "SMTPServerDisconnected")
    await post.make_due(imported)
    await post.mailer().step()
    assert [str(message["Message-ID"]) for message in post.handler.seen] == [mail["message_id"]] * 2


async def test_after_three_days_a_mail_is_given_up(post: Post, world: World) -> None:
    post.handler.replies = ["451 later"]
    imported, _ = await queued(world, "log@example.com")
    await post.make_due(imported, seconds=3 * 24 * 3600)
    await post.mailer().step()
    (mail,) = await post.mails(imported)
    assert (mail["state"], mail["last_problem"]) == ("given_up", "451")
    assert not await post.mailer().step()


async def test_a_recipient_whom_the_server_refuses_for_ever_is_given_up_and_others_are_not(
    post: Post, world: World
) -> None:
    imported, _ = await queued(world, "gone@example.com")
    post.handler.refused = "550 no such user gone@example.com"
    await post.mailer().step()
    (mail,) = await post.mails(imported)
    assert (mail["state"], mail["last_problem"]) == ("given_up", "550")


async def test_a_server_without_starttls_gets_nothing_where_it_is_required(post: Post, world: World) -> None:
    imported, _ = await queued(world, "log@example.com")
    office = PostOffice("127.0.0.1", post.port, starttls=True, timeout_seconds=5, sender="import@example.com")
    log = ResultLog(world.database, world.uploads)
    await Mailer(world.database, office, MessageWriter("import@example.com"), log, Links()).step()
    (mail,) = await post.mails(imported)
    assert mail["state"] == "pending"
    assert mail["last_problem"]
    assert post.handler.seen == []


async def claimed(world: World, lease: timedelta = timedelta(minutes=3)) -> Claim | None:
    async with world.database.transaction() as connection:
        return await mails.claim(connection, lease)


@pytest.mark.usefixtures("post")
async def test_a_mail_in_hand_is_not_taken_again_before_its_lease_ends(world: World) -> None:
    imported, _ = await queued(world, "log@example.com")
    first = await claimed(world)
    assert first is not None
    assert (first.import_id, first.attempts) == (imported.import_id, 1)
    assert await claimed(world) is None


@pytest.mark.usefixtures("post")
async def test_two_that_claim_at_the_same_moment_take_different_mails(world: World) -> None:
    await queued(world, "log@example.com", "boss@example.com")
    async with world.database.transaction() as connection, asyncio.timeout(5):
        mine = await mails.claim(connection, timedelta(minutes=3))
        theirs = await claimed(world)
    assert mine is not None
    assert theirs is not None
    assert mine.recipient_id != theirs.recipient_id


async def test_a_claim_that_ran_out_changes_nothing(post: Post, world: World) -> None:
    imported, _ = await queued(world, "log@example.com")
    stale, current = await claimed(world, timedelta(0)), await claimed(world)
    assert stale is not None
    assert current is not None
    async with world.database.transaction() as connection:
        await mails.mark_sent(connection, stale)
        assert await mails.try_again(connection, stale, "550", for_ever=True) is None
    (mail,) = await post.mails(imported)
    assert (mail["state"], mail["attempts"], mail["last_problem"]) == ("pending", 2, None)
    async with world.database.transaction() as connection:
        await mails.mark_sent(connection, current)
    (mail,) = await post.mails(imported)
    assert mail["state"] == "sent"


async def test_a_refused_file_is_a_short_mail_without_a_log(post: Post, world: World) -> None:
    biller = await world.biller()
    recipient = await world.recipient(biller, "log@example.com")
    imported = await world.defined(biller, recipients=[recipient])
    await world.publish(
        ImportRejected(import_id=imported.import_id, biller_id=biller, check_no=1, codes={"F008": 1, "W302": 1})
    )
    await post.mailer().step()
    (message,) = post.handler.taken
    text = message.get_body(("plain",))
    assert text is not None
    assert "file rejected, nothing was imported" in text.get_content()
    assert "The file contains card numbers" in text.get_content()
    assert list(message.iter_attachments()) == []


async def test_no_recipient_no_mail_and_a_repeated_end_no_second_one(post: Post, world: World) -> None:
    alone, _ = await queued(world)
    assert await post.mails(alone) == []
    imported, _ = await queued(world, "log@example.com")
    again = ImportFinished(
        import_id=imported.import_id,
        biller_id=imported.biller_id,
        state=FinalState.COMPLETED,
        counts=Counts(applied=1, failed=1),
        codes={},
        started_at=None,
        finished_at=NOON,
    )
    await world.publish(again)
    assert len(await post.mails(imported)) == 1


async def test_a_recipient_of_another_biller_gets_nothing(post: Post, world: World) -> None:
    stranger = await world.recipient(await world.biller(), "stranger@example.com")
    imported = await world.defined(await world.biller(), recipients=[stranger])
    await world.finished(imported, ROWS)
    assert await post.mails(imported) == []
