"""What this service does with what it hears. Each runs in the transaction that records the event.

Of an event only its ids are used: whether it happened stands in the tables of who said it.
"""

from typing import Final

from services.validation.repository import checks, others
from shared.contracts.events import ImportAnswered, ImportCancelled, ImportConfirmed, ImportDefined, ImportFinished
from shared.messaging import Subscription
from shared.postgres import Connection


async def on_import_defined(connection: Connection, event: ImportDefined) -> None:
    await checks.add(connection, event.import_id)


async def on_import_answered(connection: Connection, event: ImportAnswered) -> None:
    if await others.is_answered(connection, event.import_id, event.check_no):
        await checks.again(connection, event.import_id, event.check_no)


async def on_import_confirmed(connection: Connection, event: ImportConfirmed) -> None:
    if await others.is_confirmed(connection, event.import_id, event.check_no):
        await checks.again(connection, event.import_id, event.check_no)


async def on_import_cancelled(connection: Connection, event: ImportCancelled) -> None:
    if await others.is_cancelled(connection, event.import_id):
        await checks.cancel(connection, event.import_id)


async def on_import_finished(connection: Connection, event: ImportFinished) -> None:
    if await others.has_ended(connection, event.import_id):
        cancelled = await others.is_cancelled(connection, event.import_id)
        await checks.finish(connection, event.import_id, cancelled=cancelled)


SUBSCRIPTIONS: Final = (
    Subscription(ImportDefined, on_import_defined),
    Subscription(ImportAnswered, on_import_answered),
    Subscription(ImportConfirmed, on_import_confirmed),
    Subscription(ImportCancelled, on_import_cancelled),
    Subscription(ImportFinished, on_import_finished),
)
