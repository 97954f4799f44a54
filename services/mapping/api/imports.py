"""Imports: define one, look at it and at its check."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Response

from services.mapping.api.bodies import ImportAccepted, ProblemBody, RefusalBody
from services.mapping.api.dependencies import Services
from services.mapping.errors import InvalidRequest
from services.mapping.recipes import taken_from
from services.mapping.repository import checks, imports, recipes, recipients
from services.mapping.repository.imports import Import
from services.mapping.usecases import deciding
from services.mapping.usecases.accepting import Refused, Request, accept
from services.mapping.usecases.access import visible_import
from services.mapping.usecases.answers import standing
from services.mapping.views import CheckBody, DecisionItem, ImportDetail, LogRecipients, RecipeOfImport, check_body
from shared.bearer import SignedIn
from shared.contracts.definition import ImportDefinition
from shared.postgres import Connection
from shared.today import us_today

router = APIRouter(tags=["imports"], responses={401: {"model": ProblemBody}})


@router.post(
    "/imports",
    status_code=202,
    responses={403: {"model": RefusalBody}, 409: {"model": RefusalBody}, 422: {"model": RefusalBody}},
)
async def define_import(
    services: Services,
    person: SignedIn,
    response: Response,
    definition: ImportDefinition,
    idempotency_key: Annotated[UUID, Header(description="a new UUID for each import; the same one when trying again")],
) -> ImportAccepted:
    """Ask for an import: the definition is judged at once and told everything that is wrong with it.

    The same key with the same definition gives the same import again; with another definition it is refused (409).
    What was refused is not kept: correct it and use the key again.
    """
    request = Request(person, idempotency_key, definition)
    async with services.database.transaction() as connection:
        result = await accept(connection, request, us_today())
    if isinstance(result, Refused):
        raise InvalidRequest(result.problems)
    response.headers["location"] = f"/api/v1/imports/{result}"
    return ImportAccepted(import_id=result)


@router.get("/imports/{import_id}", responses={404: {"model": ProblemBody}})
async def show_import(services: Services, person: SignedIn, import_id: UUID) -> ImportDetail:
    """The definition, the decisions and how far the import has come."""
    async with services.database.connection() as connection:
        item, _ = await visible_import(connection, person, import_id)
        kept = await imports.decisions(connection, import_id)
        log_recipients = await recipients.of_import(connection, import_id)
        recipe = await _recipe_of(connection, item)
    return ImportDetail(
        import_id=item.id,
        biller_id=item.biller_id,
        kind=item.kind,
        state=item.state,
        check_no=item.check_no,
        definition=dict(item.definition),
        requester=dict(item.requester),
        decisions=[DecisionItem.model_validate(decision) for decision in kept],
        log_recipients=LogRecipients.model_validate(log_recipients),
        recipe=recipe,
        created_at=item.created_at,
        updated_at=item.updated_at,
    )


@router.get("/imports/{import_id}/check", responses={404: {"model": ProblemBody}})
async def show_check(services: Services, person: SignedIn, import_id: UUID) -> CheckBody:
    """What the newest check found, what the import would do, and what is undecided."""
    async with services.database.transaction() as connection:
        item, _ = await visible_import(connection, person, import_id)
        check = await checks.newest(connection, import_id)
        waits = await deciding.awaits_second_person(connection, item)
        answers = {code: one.choice for code, one in (await standing(connection, import_id)).items()}
    return check_body(import_id, check, answers, second_person_needed=waits)


async def _recipe_of(connection: Connection, item: Import) -> RecipeOfImport | None:
    definition = ImportDefinition.model_validate(item.definition)
    kept = definition.recipe and await recipes.find(connection, definition.recipe.id, definition.recipe.version)
    if not kept:
        return None
    is_changed = taken_from(definition) != kept.content
    return RecipeOfImport(id=kept.id, name=kept.name, version=kept.version, is_changed=is_changed)
