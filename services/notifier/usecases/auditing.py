"""The audit trail, for people who may audit; of one import also for whoever may see the import."""

from collections.abc import Collection, Iterable
from typing import Final
from uuid import UUID

from services.notifier.audit_views import AuditChain, AuditEntry, AuditPage
from services.notifier.context import Context
from services.notifier.usecases.access import visible_import
from shared import audit
from shared.audit import Act, Wanted
from shared.auth import Person
from shared.people import names_of
from shared.postgres import Connection
from shared.rights import may_audit, require_auditor

_MOST_CAUSES: Final = 100


async def list_entries(
    context: Context, person: Person, wanted: Wanted, *, before: int | None, limit: int
) -> AuditPage:
    """The newest first. Raises Forbidden."""
    async with context.database.transaction() as connection:
        await require_auditor(connection, person.subject)
        page = await _page(connection, wanted, before, limit)
        await audit.record(connection, Act.AUDIT_SEEN, person.subject, detail={"about": wanted.actor})
    return page


async def read_chain(context: Context, person: Person, *, after: int, limit: int) -> AuditChain:
    """The oldest first. Raises Forbidden."""
    async with context.database.transaction() as connection:
        await require_auditor(connection, person.subject)
        last = await audit.last_number(connection)
        found = await audit.oldest(connection, after=after, limit=limit)
        if after == 0:  # once, or reading it would make it longer without end
            await audit.record(connection, Act.AUDIT_SEEN, person.subject)
    return AuditChain(items=[AuditEntry.of(entry) for entry in found], last_number=last)


async def entries_of_import(
    context: Context, person: Person, import_id: UUID, *, before: int | None, limit: int
) -> AuditPage:
    """Who did what with an import; from where is for auditors alone."""
    async with context.database.connection() as connection:
        await visible_import(connection, person, import_id)
        page = await _page(connection, Wanted(import_id=import_id), before, limit)
        if await may_audit(connection, person.subject):
            return page
    hidden = [entry.model_copy(update={"source": entry.source.partition(" from ")[0]}) for entry in page.items]
    return page.model_copy(update={"items": hidden})


async def caused(context: Context, person: Person, import_id: UUID, acts: Collection[Act]) -> list[AuditEntry]:
    """The newest entries of these acts on an import."""
    async with context.database.connection() as connection:
        await visible_import(connection, person, import_id)
        wanted = [Wanted(import_id=import_id, act=act) for act in sorted(acts)]
        return [entry for one in wanted for entry in (await _page(connection, one, None, _MOST_CAUSES)).items]


async def names(context: Context, subjects: Iterable[str | None]) -> dict[str, str]:
    async with context.database.connection() as connection:
        return await names_of(connection, {one for one in subjects if one})


async def audits(context: Context, person: Person) -> bool:
    async with context.database.connection() as connection:
        return await may_audit(connection, person.subject)


async def _page(connection: Connection, wanted: Wanted, before: int | None, limit: int) -> AuditPage:
    found = await audit.newest(connection, wanted, before=before, limit=limit + 1)
    page = found[:limit]
    return AuditPage(
        items=[AuditEntry.of(entry) for entry in page], next=page[-1].number if len(found) > limit else None
    )
