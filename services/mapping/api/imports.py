"""Imports: define one, look at it and at its check."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Response

from services.mapping.api.bodies import ImportAccepted, RefusalBody
from services.mapping.api.dependencies import Services
from services.mapping.usecases import imports
from services.mapping.views import CheckBody, DefinitionDetail
from shared.bearer import SignedIn
from shared.contracts.definition import ImportDefinition
from shared.openapi import ProblemBody, moved

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
    idempotency_key: Annotated[UUID, Header(description="a new UUID for each import; the same one for a retry")],
) -> ImportAccepted:
    """Request an import. The definition is validated at once, and the response lists everything that is wrong with it.

    The same key with the same definition returns the same import; with another definition it is refused (409).
    A refused request is not stored: correct it and use the same key again.
    """
    import_id = await imports.define(services, person, idempotency_key, definition)
    response.headers["location"] = f"/api/v1/imports/{import_id}"
    return ImportAccepted(import_id=import_id)


@router.get("/definitions/{import_id}", responses={404: {"model": ProblemBody}})
async def show_definition(services: Services, person: SignedIn, import_id: UUID) -> DefinitionDetail:
    """The definition, the decisions and the state of an import."""
    return await imports.show_import(services, person, import_id)


@router.get(
    "/imports/{import_id}",
    deprecated=True,
    responses={404: {"model": ProblemBody}},
    dependencies=[Depends(moved("/imports/", "/definitions/"))],
)
async def show_definition_as_before(services: Services, person: SignedIn, import_id: UUID) -> DefinitionDetail:
    """The definition of an import, where earlier releases had it: behind one address, the notifier answers here."""
    return await imports.show_import(services, person, import_id)


@router.get("/imports/{import_id}/check", responses={404: {"model": ProblemBody}})
async def show_check(services: Services, person: SignedIn, import_id: UUID) -> CheckBody:
    """What the newest check found, what the import will do, and which decisions are still needed."""
    return await imports.show_check(services, person, import_id)
