"""Imports: define one, look at it and at its check, decide about it. Each is one transaction of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from services.mapping.context import Context
from services.mapping.errors import InvalidRequest
from services.mapping.recipes import taken_from
from services.mapping.records import Import, Waiting
from services.mapping.repository import billers, canaries, checks, imports, recipes, recipients
from services.mapping.usecases import deciding
from services.mapping.usecases.accepting import Refused, Request, accept
from services.mapping.usecases.access import require_undo, visible_import
from services.mapping.usecases.answers import NOTHING_SAID, Shown, standing
from services.mapping.usecases.deciding import Decided
from services.mapping.views import (
    CheckBody,
    DecisionItem,
    DefinitionDetail,
    LogRecipients,
    RecipeOfImport,
    check_body,
)
from shared.auth import Person
from shared.contracts.canary import Canary
from shared.contracts.definition import ImportDefinition, NamedDecision
from shared.contracts.definition_rules import secret_problems
from shared.contracts.events import RequestProblem
from shared.contracts.rights import Right
from shared.errors import Forbidden
from shared.free_text import is_blank
from shared.logging import get_logger
from shared.postgres import Connection
from shared.rights import require_operator
from shared.today import us_today

_LONGEST_NOTE: Final = 500
_NO_APPROVER: Final = "You don't have permission to approve imports"
_NO_NOTE: Final = RequestProblem(
    code="note_missing", place="note", message="A reason is required", remedy="Enter up to 500 characters"
)

log = get_logger()


async def define(context: Context, person: Person, request_id: UUID, definition: ImportDefinition) -> UUID:
    """The import that this request asks for. Raises InvalidRequest with everything that is wrong with it."""
    async with context.database.transaction() as connection:
        result = await accept(connection, Request(person, request_id, definition), us_today())
    if isinstance(result, Refused):
        raise InvalidRequest(result.problems)
    return result


async def show_import(context: Context, person: Person, import_id: UUID) -> DefinitionDetail:
    async with context.database.connection() as connection:
        item, _ = await visible_import(connection, person, import_id)
        return await detail_of(connection, item)


async def show_check(context: Context, person: Person, import_id: UUID) -> CheckBody:
    async with context.database.transaction() as connection:
        item, right = await visible_import(connection, person, import_id)
        return await check_of(connection, item, person, right)


async def confirm(
    context: Context,
    person: Person,
    import_id: UUID,
    check_no: int,
    answers: Mapping[str, NamedDecision],
    log_recipients: Sequence[UUID] | None = None,
    shown: Shown = NOTHING_SAID,
    canary: Canary | None = None,
) -> Decided:
    """Confirm the newest check with an answer to everything undecided. Raises NotDecided, ChangedMeanwhile."""
    async with context.database.transaction() as connection:
        item, right = await visible_import(connection, person, import_id, lock=True)
        if item.undoes:
            require_undo(right)
        decided = await deciding.confirm(connection, item, check_no, answers, person, log_recipients, shown, canary)
    log.info("import_decided", import_id=import_id, check_no=check_no, state=decided.state)
    return decided


async def consider(
    context: Context, person: Person, import_id: UUID, check_no: int, answers: Mapping[str, str], shown: Shown
) -> bool:
    """Keep answers that count once somebody confirms the check; True where the file is checked again with them.

    Raises NotDecided, ChangedMeanwhile.
    """
    async with context.database.transaction() as connection:
        item, _ = await visible_import(connection, person, import_id, lock=True)
        return await deciding.consider(connection, item, check_no, answers, person, shown)


async def approve(
    context: Context, person: Person, import_id: UUID, check_no: int, shown: Shown = NOTHING_SAID
) -> Decided:
    async with context.database.transaction() as connection:
        item, right = await visible_import(connection, person, import_id, lock=True)
        _require_approver(right)
        decided = await deciding.approve(connection, item, check_no, person, shown)
    log.info("import_approved", import_id=import_id, check_no=check_no)
    return decided


async def give_back(
    context: Context, person: Person, import_id: UUID, check_no: int, note: str, shown: Shown = NOTHING_SAID
) -> None:
    """Return what somebody asks to approve, with the reason. Raises InvalidRequest where there is none."""
    reason = " ".join(note.split())
    if is_blank(reason):
        raise InvalidRequest([_NO_NOTE])
    if len(reason) > _LONGEST_NOTE:
        words = f"The note has {len(reason):,} characters; at most {_LONGEST_NOTE:,} fit"
        remedy = "Shorten it; nothing was cut"
        raise InvalidRequest([RequestProblem(code="note_too_long", place="note", message=words, remedy=remedy)])
    if secrets := list(secret_problems([("note", reason)])):
        raise InvalidRequest(secrets)
    async with context.database.transaction() as connection:
        item, right = await visible_import(connection, person, import_id, lock=True)
        _require_approver(right)
        await deciding.give_back(connection, item, check_no, reason, person, shown)
    log.info("import_returned", import_id=import_id, check_no=check_no)


def _require_approver(right: Right) -> None:
    if not right.may_approve:
        raise Forbidden("approval_not_permitted", _NO_APPROVER, "permission", "Ask a person who may approve")


async def cancel(context: Context, person: Person, import_id: UUID) -> Decided:
    """Cancel; it waits for no chunk. Raises Conflict where the import has ended."""
    async with context.database.transaction() as connection:
        item, _ = await visible_import(connection, person, import_id, lock=True)
        decided = await deciding.cancel(connection, item, person)
    log.info("import_cancelled", import_id=import_id, state=decided.state)
    return decided


async def resume(context: Context, person: Person, import_id: UUID) -> None:
    """Let an import go on that waits for an operator. Raises Conflict where it does not wait."""
    async with context.database.transaction() as connection:
        item, _ = await visible_import(connection, person, import_id, lock=True)
        await require_operator(connection, person.subject)
        await deciding.resume(connection, item, person)
    log.info("import_resumed", import_id=import_id)


async def waiting(context: Context, person: Person, import_id: UUID) -> Waiting | None:
    """What an import waits for, for the operator who may resume it; None where it does not wait."""
    async with context.database.connection() as connection:
        await visible_import(connection, person, import_id)
        await require_operator(connection, person.subject)
        return await imports.waiting_job(connection, import_id)


async def detail_of(connection: Connection, item: Import) -> DefinitionDetail:
    kept = await imports.decisions(connection, item.id)
    log_recipients = await recipients.of_import(connection, item.id)
    return DefinitionDetail(
        import_id=item.id,
        biller_id=item.biller_id,
        kind=item.kind,
        state=item.state,
        check_no=item.check_no,
        definition=dict(item.definition),
        requester=dict(item.requester),
        decisions=[DecisionItem.model_validate(decision) for decision in kept],
        log_recipients=LogRecipients.model_validate(log_recipients),
        recipe=await _recipe_of(connection, item),
        created_at=item.created_at,
        updated_at=item.updated_at,
        undoes=item.undoes,
        undoes_rows=item.undoes_rows,
        canary=await canaries.of_import(connection, item.id),
        retries=item.retries,
        round=item.round,
    )


async def check_of(connection: Connection, item: Import, person: Person, right: Right) -> CheckBody:
    body = await _newest_check(connection, item, person, right)
    if body.state != "pending":
        return body
    return body.model_copy(update={"queue": await checks.queue_place(connection, item.id)})


async def _newest_check(connection: Connection, item: Import, person: Person, right: Right) -> CheckBody:
    check = await checks.newest(connection, item.id)
    if check is not None and await imports.is_answered(connection, item.id, check.check_no):
        check = replace(check, state="pending")  # validation may not have heard of it yet
    asks = await deciding.asks(connection, item)
    refused = await _approval_refused(connection, item, person, right, asks) if asks else None
    answers = {code: one.choice for code, one in (await standing(connection, item.id)).items()}
    emails_off = await billers.emails_are_off(connection, item.biller_id)
    body = check_body(item.id, check, answers, second_person_needed=asks is not None, emails_off=emails_off)
    return body.model_copy(update={"approval_refused": refused})


async def _approval_refused(
    connection: Connection, item: Import, person: Person, right: Right, asks: Person
) -> str | None:
    if not right.may_approve:
        return _NO_APPROVER
    return await deciding.own_part(connection, person, item, asks.subject)


async def _recipe_of(connection: Connection, item: Import) -> RecipeOfImport | None:
    definition = ImportDefinition.model_validate(item.definition)
    kept = definition.recipe and await recipes.find(connection, definition.recipe.id, definition.recipe.version)
    if not kept:
        return None
    is_changed = taken_from(definition) != kept.content
    return RecipeOfImport(id=kept.id, name=kept.name, version=kept.version, is_changed=is_changed)
