"""What somebody has begun to define, until it becomes an import."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4, uuid5

from services.mapping import domain
from services.mapping.context import Context
from services.mapping.domain import ENDED
from services.mapping.draft import Content
from services.mapping.records import Biller, Draft, Import, ListedBiller, OpenDraft
from services.mapping.repository import billers, considered, drafts, files, imports
from services.mapping.usecases import deciding
from services.mapping.usecases.accepting import Refused, Request, accept
from services.mapping.usecases.access import biller_with_right
from shared.auth import Person
from shared.contracts.definition import ImportDefinition
from shared.contracts.definition_rules import secret_problems
from shared.contracts.rights import Right
from shared.errors import Conflict, Invalid, NotFound
from shared.postgres import Connection
from shared.today import us_today

_MOST_BILLERS = 1000
_REPLACEABLE = ("checking", "held")


@dataclass(frozen=True, slots=True)
class Opened:
    """A draft with its biller, and what its owner may do there."""

    draft: Draft
    biller: Biller
    right: Right
    type_names: Mapping[str, str]  # what people call the biller's invoice types, by code


@dataclass(frozen=True, slots=True)
class BillersToChoose:
    """Billers by name, those of the newest drafts first, with the files that they have by kind."""

    billers: Sequence[ListedBiller]
    recent: frozenset[int]
    files: Mapping[int, Mapping[str, int]]


async def billers_to_choose(context: Context, person: Person, words: str) -> BillersToChoose:
    async with context.database.connection() as connection:
        found = await billers.of_person(connection, person.subject, words, _MOST_BILLERS)
        recent = await drafts.recent_billers(connection, person.subject)
        visible = {biller.id: domain.visible_files(Right(biller.permission)) for biller in found}
        held = await files.count_of_each(connection, visible)
    ranks = {biller_id: rank for rank, biller_id in enumerate(recent)}
    ordered = sorted(found, key=lambda biller: ranks.get(biller.id, len(ranks)))
    return BillersToChoose(ordered, frozenset(recent), held)


async def begin(context: Context, person: Person, biller_id: int) -> UUID:
    draft_id = uuid4()
    async with context.database.transaction() as connection:
        await biller_with_right(connection, person, biller_id)
        await drafts.new_draft(connection, draft_id, person.subject, biller_id)
    return draft_id


async def open_draft(context: Context, person: Person, draft_id: UUID) -> Opened:
    async with context.database.connection() as connection:
        draft = await drafts.find_draft(connection, draft_id, person.subject)
        if draft is None:
            raise NotFound("draft_not_found", "You have no such draft", remedy="Start a new import")
        biller, right = await biller_with_right(connection, person, draft.biller_id)
        type_names = await billers.names_of_types(connection, draft.biller_id)
    return Opened(draft, biller, right, type_names)


async def save(context: Context, draft: Draft, content: Content) -> None:
    """Raises Invalid; Conflict where the draft is no longer what it was when this request read it."""
    async with context.database.transaction() as connection:
        await _keep(connection, draft, draft.biller_id, content)


async def change_biller(context: Context, person: Person, draft: Draft, biller_id: int) -> None:
    """Another biller has other files and invoice types, so the rest begins anew."""
    async with context.database.transaction() as connection:
        await biller_with_right(connection, person, biller_id)
        content = draft.content if biller_id == draft.biller_id else Content()
        await _keep(connection, draft, biller_id, content)


async def _keep(connection: Connection, draft: Draft, biller_id: int, content: Content) -> None:
    """The one way in which a draft is kept: without card or bank numbers, for it stays when its check is refused."""
    for problem in secret_problems(content.free_texts):
        raise Invalid(problem.code, problem.message, problem.place, problem.remedy)
    now = await drafts.lock_draft(connection, draft.id)
    if now is None or now.version != draft.version:
        raise Conflict(
            "draft_changed",
            "This draft was changed in another tab or window at the same moment, and nothing was saved here",
            remedy="Go back, compare, and try again",
        )
    await drafts.save_draft(connection, draft.id, biller_id, content)


async def discard(context: Context, person: Person, draft_id: UUID) -> None:
    async with context.database.transaction() as connection:
        await drafts.delete_draft(connection, draft_id, person.subject)


async def unfinished(context: Context, person: Person, limit: int) -> list[OpenDraft]:
    async with context.database.connection() as connection:
        return await drafts.open_drafts(connection, person.subject, limit)


async def import_of(context: Context, draft: Draft) -> Import | None:
    if draft.import_id is None:
        return None
    async with context.database.connection() as connection:
        return await imports.find(connection, draft.import_id)


async def check(context: Context, person: Person, draft: Draft, *, carries_answers: bool) -> UUID | Refused:
    """Define the import of a draft, in the place of the one that was made from it before.

    With ``carries_answers`` the answers to that one's findings are kept for this one, if it is of the same file, read
    in the same way.
    """
    attempt = draft.attempt + 1
    request = Request(person, uuid5(draft.id, str(attempt)), draft.content.definition(draft.biller_id))
    async with context.database.transaction() as connection:
        earlier = await _give_up_earlier(connection, draft.import_id, person)
        result = await accept(connection, request, us_today())
        if not isinstance(result, Refused):
            await drafts.become(connection, draft.id, result, attempt)
            if carries_answers and earlier is not None and _is_much_the_same(earlier, request):
                await considered.carry_answers(connection, earlier.id, result)
    return result


def _is_much_the_same(earlier: Import, request: Request) -> bool:
    known = ImportDefinition.model_validate(earlier.definition)
    return known.differs_in_lines_and_meanings_alone(request.definition)


async def _give_up_earlier(connection: Connection, import_id: UUID | None, person: Person) -> Import | None:
    """A draft has one import that can still run: what was checked before is cancelled, nothing of it was applied."""
    item = None if import_id is None else await imports.lock(connection, import_id)
    if item is None or item.state in ENDED:
        return item
    if item.state not in _REPLACEABLE:
        raise Conflict("import_is_running", "This import has already started", remedy="Follow it under In progress")
    state = await drafts.newest_state(connection, item.id)
    if state != "rejected":
        await deciding.cancel(connection, item, person, reason="replaced")
    return item
