"""Of what people are told by mail: their choices, and which imports they watch beside their own."""

from uuid import UUID

from services.notifier.context import Context
from services.notifier.notification_views import MOST_BILLERS, NotificationChoices, Notifications, WatchedBillerItem
from services.notifier.occasions import Occasion
from services.notifier.repository import choices, notices
from services.notifier.usecases.access import visible_import
from shared.auth import Person
from shared.postgres import Connection


async def show(context: Context, person: Person) -> Notifications:
    async with context.database.connection() as connection:
        return await _shown(connection, person)


async def change(context: Context, person: Person, wanted: NotificationChoices) -> Notifications:
    """Keep what is chosen; billers that the person has no access to are left out."""
    async with context.database.transaction() as connection:
        await choices.choose(connection, person.subject, wanted.events)
        if wanted.billers is not None or wanted.every_biller is not None:
            before = await _shown(connection, person)
            billers = [one.id for one in before.billers if one.is_watched]
            every = before.every_biller if wanted.every_biller is None else wanted.every_biller
            await choices.watch_billers(
                connection, person.subject, billers if wanted.billers is None else wanted.billers, every=every
            )
        return await _shown(connection, person)


async def watch(context: Context, person: Person, import_id: UUID, *, on: bool) -> None:
    async with context.database.transaction() as connection:
        await visible_import(connection, person, import_id)
        await (choices.watch if on else choices.unwatch)(connection, person.subject, import_id)


async def watches(context: Context, person: Person, import_id: UUID) -> bool:
    async with context.database.connection() as connection:
        return await choices.is_watched(connection, person.subject, import_id)


def unsubscribed(context: Context, token: str) -> Occasion | None:
    """Of what the reader of an email does not want to be told; None where the link is none of ours."""
    found = context.unsubscribing.read(token)
    return None if found is None else found[1]


async def unsubscribe(context: Context, token: str) -> Occasion | None:
    """Tell its reader of this no more. The link itself is the permission: it was mailed to this person alone."""
    found = context.unsubscribing.read(token)
    if found is None:
        return None
    subject, occasion = found
    async with context.database.transaction() as connection:
        await choices.choose(connection, subject, {occasion: False})
    return occasion


async def _shown(connection: Connection, person: Person) -> Notifications:
    return Notifications(
        address=await notices.address_of(connection, person.subject) or "",
        events=await choices.choices_of(connection, person.subject),
        every_biller=await choices.watches_all(connection, person.subject),
        billers=[
            WatchedBillerItem(id=one.id, name=one.name, is_watched=one.is_watched)
            for one in await choices.billers_of(connection, person.subject, MOST_BILLERS)
        ],
    )
