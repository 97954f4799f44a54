"""What the executor does when it hears of an import."""

from typing import Final
from uuid import UUID

import asyncpg

from services.executor.domain import NO_PERMISSION, JobState
from services.executor.repository import jobs, records
from shared.contracts.events import ImportApproved, ImportCancelled
from shared.contracts.rights import allows, may_undo
from shared.logging import get_logger
from shared.messaging import Subscription, as_published
from shared.postgres import Connection, Trouble, trouble_of
from shared.rights import right_of

log = get_logger()


async def on_import_approved(connection: Connection, event: ImportApproved) -> None:
    """Make the job and its chunks, if the database says the same as the message."""
    published = await as_published(connection, event)
    was_approved = published is not None and (published.import_id, published.check_no) == (
        event.import_id,
        event.check_no,
    )
    approved = await jobs.find_approved(connection, event.import_id, event.check_no, was_approved=was_approved)
    if approved is None:
        log.warning("approval_unfounded", import_id=str(event.import_id), check_no=event.check_no)
        return
    state, reason = await _first_state(connection, approved)
    if await jobs.add(connection, event.import_id, approved, event.check_no, state, reason):
        log.info("job_added", import_id=str(event.import_id), state=state)
        if state is JobState.RUNNING:
            await _attest(connection, event.import_id)
    await jobs.wake_workers(connection)


async def _first_state(connection: Connection, approved: jobs.Approved) -> tuple[JobState, str | None]:
    if not approved.approved:
        return JobState.CANCELLED, None
    right = await right_of(connection, approved.subject, approved.biller_id)
    if not allows(right, approved.kind) or (approved.is_undo and not may_undo(right)):
        return JobState.FAILED, NO_PERMISSION
    return JobState.RUNNING, None


async def _attest(connection: Connection, import_id: UUID) -> None:
    """Write the record that covers the import now: executors that share the first chunks would wait for one another."""
    try:
        async with connection.transaction():
            await records.attest(connection, await jobs.read(connection, import_id))
    except asyncpg.PostgresError as error:
        if trouble_of(error) is Trouble.PASSING:
            raise
        # The approval is heard all the same; the first chunk will write it, or tell what keeps it from being written.
        log.warning("attestation_postponed", import_id=str(import_id), error=type(error).__name__)


async def on_import_cancelled(connection: Connection, event: ImportCancelled) -> None:
    """Have what is left skipped now: the job itself was cancelled before the message was sent."""
    log.info("cancel_heard", import_id=str(event.import_id))
    await jobs.wake_workers(connection)


SUBSCRIPTIONS: Final = (
    Subscription(ImportApproved, on_import_approved),
    Subscription(ImportCancelled, on_import_cancelled),
)
