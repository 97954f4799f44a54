"""What each event does to the view. The messaging wrapper owns the transaction and the inbox."""

from dataclasses import dataclass

from services.notifier import domain
from services.notifier.domain import State
from services.notifier.repository import events
from shared.contracts.event import ImportEvent
from shared.contracts.events import (
    CheckProgressed,
    ChunkApplied,
    ImportApproved,
    ImportCancelled,
    ImportConfirmed,
    ImportDefined,
    ImportFinished,
    ImportHeld,
    ImportRejected,
)
from shared.logging import get_logger
from shared.postgres import Connection

log = get_logger()


async def _known(connection: Connection, event: ImportEvent) -> bool:
    known = await events.record(connection, event)
    if not known:
        log.warning("event_of_unknown_import", import_id=str(event.import_id), event_type=type(event).__name__)
    return known


@dataclass(frozen=True, slots=True)
class Handlers:
    """The handlers; ``mail_domain`` is the right side of the Message-ID of the mails they queue."""

    mail_domain: str

    async def on_import_defined(self, connection: Connection, event: ImportDefined) -> None:
        """The check begins."""
        if await _known(connection, event):
            await events.advance(connection, event.import_id, domain.checking(0), State.CHECKING)

    async def on_check_progressed(self, connection: Connection, event: CheckProgressed) -> None:
        """The check has read this far."""
        if not await _known(connection, event):
            return
        await events.keep_progress(
            connection,
            event.import_id,
            event.check_no,
            bytes_read=event.bytes_read,
            rows_read=event.rows_read,
            bytes_total=event.bytes_total,
        )
        phase = domain.checking(event.check_no)
        await events.advance(connection, event.import_id, phase, State.CHECKING, check_no=event.check_no)

    async def on_import_rejected(self, connection: Connection, event: ImportRejected) -> None:
        """Nothing is imported; the recipients hear why."""
        if not await _known(connection, event):
            return
        phase = domain.rejected(event.check_no)
        await events.keep_verdict(connection, event.import_id, phase, codes=event.codes)
        await events.advance(
            connection,
            event.import_id,
            phase,
            State.REJECTED,
            finished_at=event.occurred_at,
            check_no=event.check_no,
        )
        await events.queue_mails(connection, event.import_id, self.mail_domain)

    async def on_import_held(self, connection: Connection, event: ImportHeld) -> None:
        """A person has to decide."""
        if not await _known(connection, event):
            return
        phase = domain.held(event.check_no)
        await events.keep_verdict(
            connection,
            event.import_id,
            phase,
            codes=event.codes,
            planned=event.planned,
            undecided=event.undecided,
        )
        await events.advance(connection, event.import_id, phase, State.HELD, check_no=event.check_no)

    async def on_import_confirmed(self, connection: Connection, event: ImportConfirmed) -> None:
        """The check runs again with the decisions."""
        if await _known(connection, event):
            phase = domain.confirmed(event.check_no)
            await events.advance(connection, event.import_id, phase, State.CHECKING, check_no=event.check_no)

    async def on_import_approved(self, connection: Connection, event: ImportApproved) -> None:
        """The plan may be applied."""
        if not await _known(connection, event):
            return
        phase = domain.approved(event.check_no)
        await events.keep_verdict(
            connection, event.import_id, phase, codes=event.codes, planned=event.planned, chunks=event.chunks
        )
        await events.advance(connection, event.import_id, phase, State.APPROVED, check_no=event.check_no)

    async def on_chunk_applied(self, connection: Connection, event: ChunkApplied) -> None:
        """Some rows have their outcome."""
        if await _known(connection, event):
            await events.add_chunk(connection, event.import_id, event.counts, event.occurred_at)
            await events.advance(connection, event.import_id, domain.RUNNING, State.RUNNING)

    async def on_import_cancelled(self, connection: Connection, event: ImportCancelled) -> None:
        """A person cancelled; the final counts come with ImportFinished."""
        if await _known(connection, event):
            await events.advance(
                connection, event.import_id, domain.CANCELLED, State.CANCELLED, finished_at=event.occurred_at
            )

    async def on_import_finished(self, connection: Connection, event: ImportFinished) -> None:
        """Every row has its outcome; the recipients get the log."""
        if not await _known(connection, event):
            return
        await events.finish(connection, event)
        await events.advance(
            connection,
            event.import_id,
            domain.FINISHED,
            domain.state_of(event.state),
            finished_at=event.finished_at,
        )
        await events.queue_mails(connection, event.import_id, self.mail_domain)
