"""Sends what is due, one mail at a time; the import has ended long before and waits for nothing."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from typing import Final

from services.notifier.domain import Overview
from services.notifier.links import Links
from services.notifier.log_file import Audience, FileGone, ResultLog, Which
from services.notifier.mailer.attachment import Attachment, attachment_of
from services.notifier.mailer.message import MessageWriter
from services.notifier.mailer.post_office import PostOffice
from services.notifier.mailer.report import FAILURES, FIRST_FAILURES, report_of
from services.notifier.mailer.trying import NotWanted, RecipientGone, try_one
from services.notifier.records import Family, totals_of
from services.notifier.repository import mails, rounds, status
from services.notifier.repository.mails import Claim
from shared.postgres import Connection, Database

_LOG_SECONDS: Final = 60

_ATTACHED: Final = "The log of all rows is attached, with personal values masked."
_LEFT_OUT: Final = "The log is too large for an email. Download it from the import's page."
_PAUSED: Final = "The other rows wait until someone looks at these results and continues or cancels the import."
_NO_LOG: Final = "There is no log because no row was processed."
_FILE_GONE: Final = "The log is not attached because the uploaded file no longer exists."


@dataclass(frozen=True, slots=True)
class Mailer:
    database: Database
    post_office: PostOffice
    writer: MessageWriter
    log: ResultLog
    links: Links

    async def step(self) -> bool:
        return await try_one(self.database, self)

    async def claim(self, connection: Connection, lease: timedelta) -> Claim | None:
        return await mails.claim(connection, lease)

    async def send(self, mail: Claim) -> None:
        async with self.database.connection() as connection:
            recipient = await mails.address_of(connection, mail.recipient_id)
        if recipient is None:
            raise RecipientGone
        # Connected first: a mail server that is down costs no reading of a large file.
        async with self.post_office.counter() as counter:
            await counter.hand_in(await self._write(mail, recipient), recipient)

    async def mark_sent(self, connection: Connection, mail: Claim) -> None:
        await mails.mark_sent(connection, mail)

    async def drop(self, connection: Connection, mail: Claim) -> None:
        """A log is always wanted: whoever takes a recipient out gives the mail up."""
        await mails.try_again(connection, mail, NotWanted.__name__, for_ever=True)

    async def try_again(self, connection: Connection, mail: Claim, problem: str, *, for_ever: bool) -> str | None:
        return await mails.try_again(connection, mail, problem, for_ever=for_ever)

    def ids(self, mail: Claim) -> Mapping[str, object]:
        return {
            "import_id": str(mail.import_id),
            "recipient_id": str(mail.recipient_id),
            "attempts": mail.attempts,
        }

    async def _write(self, mail: Claim, recipient: str) -> EmailMessage:
        async with self.database.connection() as connection:
            overview = await status.find_import(connection, mail.import_id)
            if overview is None:
                raise LookupError("a mail of an import that the view does not know")
            failures = await status.rows_of(
                connection, mail.import_id, after=0, limit=FIRST_FAILURES, outcomes=FAILURES
            )
            changed = await status.changed_of(connection, mail.import_id)
            findings = await status.findings_of(connection, mail.import_id)
            undoing = await status.undoing_of(connection, mail.import_id)
            family = await _family_of(connection, overview)
        if mail.about == "pause":
            attachment, note = None, _PAUSED
        else:
            attachment, note = await self._attachment(overview)
        report = report_of(
            overview,
            failures,
            changed,
            note,
            self.links.import_page(overview.import_id),
            findings,
            undoing,
            family,
            of_pause=mail.about == "pause",
        )
        return self.writer.write(report, recipient, mail.message_id, attachment)

    async def _attachment(self, overview: Overview) -> tuple[Attachment | None, str]:
        if not overview.has_log:
            return None, _NO_LOG
        try:
            async with (
                asyncio.timeout(_LOG_SECONDS),
                self.log.open(overview.import_id, Which.ALL, Audience.MAILBOX) as pieces,
            ):
                attachment = await attachment_of(pieces, f"import-{overview.import_id}-log")
        except FileGone:
            return None, _FILE_GONE
        except TimeoutError:
            return None, _LEFT_OUT
        return (attachment, _ATTACHED) if attachment else (None, _LEFT_OUT)


async def _family_of(connection: Connection, overview: Overview) -> Family | None:
    """What became of the import that this round or undo belongs to; None for an import of its own."""
    if overview.undoes is None and overview.retries is None:
        return None
    first = await status.find_import(connection, await rounds.first_of(connection, overview.import_id))
    if first is None:
        return None
    tried = [one for one in await rounds.rounds_of(connection, first.import_id) if one.has_results]
    undoing = await status.undoing_of(connection, first.import_id)
    return Family(first.import_id, len(tried) + 1, totals_of(first.counts, tried), undoing.undone)
