"""Sends what is due, one mail at a time; the import has ended long before and waits for nothing."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from typing import Final

from services.notifier.domain import Overview
from services.notifier.log_file import Audience, FileGone, ResultLog, Which
from services.notifier.mailer.attachment import Attachment, attachment_of
from services.notifier.mailer.message import MessageWriter
from services.notifier.mailer.post_office import PostOffice, is_for_ever, problem_of
from services.notifier.mailer.report import FAILURES, FIRST_FAILURES, report_of
from services.notifier.records import Family, totals_of
from services.notifier.repository import mails, rounds, status
from services.notifier.repository.mails import Claim
from shared.logging import get_logger
from shared.postgres import Connection, Database

# The claim outlasts the try, so that no second sender takes the mail while this one is at it.
_LOG_SECONDS: Final = 60
TRY_SECONDS: Final = 150
_LEASE: Final = timedelta(seconds=TRY_SECONDS + 30)

_ATTACHED: Final = "The log of all rows is attached, with personal values masked."
_LEFT_OUT: Final = "The log is too large for an email. Download it from the import's page."
_PAUSED: Final = "The other rows wait until someone looks at these results and continues or cancels the import."
_NO_LOG: Final = "There is no log because no row was processed."
_FILE_GONE: Final = "The log is not attached because the uploaded file no longer exists."

log = get_logger()


class RecipientGone(Exception):
    """The recipient was taken from the address book after the mail was queued."""


@dataclass(frozen=True, slots=True)
class Mailer:
    database: Database
    post_office: PostOffice
    writer: MessageWriter
    log: ResultLog
    public_url: str | None

    async def step(self) -> bool:
        """Try one mail; False where none is due."""
        async with self.database.transaction() as connection:
            mail = await mails.claim(connection, _LEASE)
        if mail is None:
            return False
        try:
            async with asyncio.timeout(TRY_SECONDS):
                await self._send(mail)
        except Exception as error:  # noqa: BLE001 - a mail that cannot be built must not hold up those behind it
            await self._note(mail, error)
            return True
        async with self.database.transaction() as connection:
            await mails.mark_sent(connection, mail)
        log.info("mail_sent", import_id=str(mail.import_id), recipient_id=str(mail.recipient_id))
        return True

    async def _note(self, mail: Claim, error: Exception) -> None:
        problem = problem_of(error)
        for_ever = is_for_ever(error) or isinstance(error, RecipientGone)
        async with self.database.transaction() as connection:
            state = await mails.try_again(connection, mail, problem, for_ever=for_ever)
        log.warning(
            "mail_not_sent",
            import_id=str(mail.import_id),
            recipient_id=str(mail.recipient_id),
            attempts=mail.attempts,
            problem=problem,
            state=state,
        )

    async def _send(self, mail: Claim) -> None:
        async with self.database.connection() as connection:
            recipient = await mails.address_of(connection, mail.recipient_id)
        if recipient is None:
            raise RecipientGone
        # Connected first: a mail server that is down costs no reading of a large file.
        async with self.post_office.counter() as counter:
            await counter.hand_in(await self._write(mail, recipient), recipient)

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
            self.public_url,
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
