"""What people see of imports and of what became of their rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from services.notifier import domain
from services.notifier.context import Context
from services.notifier.customer_views import CustomerHistory, CustomerImport
from services.notifier.domain import Overview, State
from services.notifier.mail_views import CustomerEmailCounts, Mail, MailList
from services.notifier.records import Decided, RecipeOfImport, Search
from services.notifier.repository import customer_emails, customers, rounds, status
from services.notifier.repository.parts import waiting_parts
from services.notifier.round_views import CorrectionItem, CorrectionPage
from services.notifier.usecases.access import visible_import
from services.notifier.views import (
    ImportDetail,
    ImportPage,
    ImportState,
    RowPage,
    RowResult,
    StateGroup,
    TrailItem,
    TrailPage,
    WaitingPart,
)
from shared import approvals
from shared.audit import Act, Detail, record
from shared.auth import Person
from shared.contracts import rights
from shared.contracts.outcomes import Outcome
from shared.postgres import Connection
from shared.rights import may_operate, right_of

_GROUPS: Final = {StateGroup.IN_PROGRESS: domain.IN_PROGRESS, StateGroup.COMPLETED: domain.COMPLETED}


def states_of(group: StateGroup | None, state: State | None) -> list[State] | None:
    """The states that both name; None where neither does."""
    if group is None and state is None:
        return None
    return [one for one in State if (group is None or one in _GROUPS[group]) and state in (None, one)]


async def overview_of(context: Context, person: Person, import_id: UUID) -> Overview:
    async with context.database.connection() as connection:
        return await visible_import(connection, person, import_id)


async def find_imports(context: Context, person: Person, search: Search) -> list[Overview]:
    async with context.database.connection() as connection:
        return await status.list_imports(connection, person.subject, search)


async def list_imports(context: Context, person: Person, search: Search) -> ImportPage:
    found = await find_imports(context, person, replace(search, limit=search.limit + 1))
    page = found[: search.limit]
    return ImportPage(
        items=[ImportState.of(overview) for overview in page],
        next=page[-1].import_id if len(found) > search.limit else None,
    )


async def show_import(context: Context, person: Person, import_id: UUID) -> ImportDetail:
    async with context.database.connection() as connection:
        overview = await visible_import(connection, person, import_id)
        findings = await status.findings_of(connection, import_id)
        changed = await status.changed_of(connection, import_id)
        parts = await waiting_parts(connection, [import_id])
        undoing = await status.undoing_of(connection, import_id)
        tried = await rounds.rounds_of(connection, import_id)
    return ImportDetail.with_findings(overview, findings, changed, parts.get(import_id, ()), undoing, tried)


async def list_rows(
    context: Context,
    person: Person,
    import_id: UUID,
    *,
    outcomes: Sequence[Outcome] | None,
    code: str | None,
    after: int,
    limit: int,
) -> RowPage:
    async with context.database.connection() as connection:
        overview = await visible_import(connection, person, import_id)
        found = await status.rows_of(connection, import_id, after=after, limit=limit + 1, outcomes=outcomes, code=code)
        removed_at = None if found else await status.rows_removed_at(connection, import_id)
        await _record_look(connection, person, overview, "results", min(len(found), limit))
    page = found[:limit]
    return RowPage(
        items=[RowResult.of(row) for row in page],
        next=page[-1].line_no if len(found) > limit else None,
        removed_at=removed_at,
    )


async def show_trail(context: Context, person: Person, import_id: UUID, *, after: UUID | None, limit: int) -> TrailPage:
    async with context.database.connection() as connection:
        await visible_import(connection, person, import_id)
        found = await status.trail_of(connection, import_id, after=after, limit=limit + 1)
    page = found[:limit]
    return TrailPage(
        items=[TrailItem.of(entry) for entry in page], next=page[-1].event_id if len(found) > limit else None
    )


async def list_corrections(
    context: Context, person: Person, import_id: UUID, *, after: int, limit: int
) -> CorrectionPage:
    """What was corrected in the rounds of an import, by whole lines."""
    async with context.database.connection() as connection:
        overview = await visible_import(connection, person, import_id)
        found = await rounds.corrections_of(connection, import_id, after=after, limit=limit + 1)
        await _record_look(connection, person, overview, "corrections", min(len(found), limit))
    has_more = len(found) > limit
    lines = {one.line_no for one in found}
    page = [one for one in found if one.line_no < max(lines)] if has_more and len(lines) > 1 else found
    return CorrectionPage(items=[CorrectionItem.of(one) for one in page], next=page[-1].line_no if has_more else None)


async def _record_look(connection: Connection, person: Person, of: Overview, what: str, count: int) -> None:
    seen: Detail = {"what": what, "count": count}
    await record(connection, Act.ROWS_SEEN, person.subject, import_id=of.import_id, biller_id=of.biller_id, detail=seen)


async def record_download(context: Context, person: Person, of: Overview, which: str) -> None:
    """Before the first byte goes out: what was not recorded is not sent."""
    async with context.database.transaction() as connection:
        told: Detail = {"what": "log", "which": which}
        await record(
            connection, Act.DOWNLOADED, person.subject, import_id=of.import_id, biller_id=of.biller_id, detail=told
        )


async def list_mails(context: Context, person: Person, import_id: UUID) -> MailList:
    async with context.database.connection() as connection:
        await visible_import(connection, person, import_id)
        mails = await status.mails_of(connection, import_id)
        customers = await customer_emails.of_import(connection, import_id)
    return MailList(
        items=[Mail.of(mail) for mail in mails],
        customers=None if customers is None else CustomerEmailCounts.of(customers),
    )


async def parts_tried_again(context: Context, import_ids: Sequence[UUID]) -> dict[UUID, list[WaitingPart]]:
    async with context.database.connection() as connection:
        found = await waiting_parts(connection, import_ids)
    return {import_id: [WaitingPart.of(one) for one in parts] for import_id, parts in found.items()}


@dataclass(frozen=True, slots=True)
class Approving:
    """Imports that wait for a second person: all of those asked about, and those that this person may approve."""

    asked: frozenset[UUID]
    mine: frozenset[UUID]


async def approving(context: Context, person: Person, import_ids: Sequence[UUID]) -> Approving:
    async with context.database.connection() as connection:
        asked = frozenset(await approvals.asked_of(connection, import_ids))
        mine = asked.intersection(await approvals.waiting_for(connection, person.subject)) if asked else asked
    return Approving(asked, mine)


async def operates(context: Context, person: Person) -> bool:
    """Whether the person looks after the system, and may let imports go on that wait for an operator."""
    async with context.database.connection() as connection:
        return await may_operate(connection, person.subject)


async def may_undo(context: Context, person: Person, biller_id: int) -> bool:
    async with context.database.connection() as connection:
        return rights.may_undo(await right_of(connection, person.subject, biller_id))


async def recipe_of(context: Context, import_id: UUID) -> RecipeOfImport | None:
    async with context.database.connection() as connection:
        return await status.recipe_of(connection, import_id)


async def decided(context: Context, import_id: UUID) -> dict[int, Decided]:
    async with context.database.connection() as connection:
        return await status.decided(connection, import_id)


async def returned(context: Context, import_id: UUID) -> list[status.Returned]:
    async with context.database.connection() as connection:
        return await status.returned(connection, import_id)


async def billers_of(context: Context, person: Person) -> list[tuple[int, str]]:
    async with context.database.connection() as connection:
        return await status.billers_of(connection, person.subject)


async def find_customer(context: Context, person: Person, biller_id: int | None, text: str) -> CustomerHistory:
    async with context.database.connection() as connection:
        found = await customers.rows_of_customer(connection, person.subject, biller_id, text.strip())
        await record(connection, Act.CUSTOMER_SEEN, person.subject, biller_id=biller_id, detail={"count": len(found)})
    return CustomerHistory(items=[CustomerImport.of(row) for row in found])
