"""Recipes of a biller: mappings under a name, in versions that are never overwritten."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.mapping.api.bodies import NewRecipe, RefusalBody
from services.mapping.api.dependencies import Services
from services.mapping.recipes import RecipeContent
from services.mapping.usecases import recipes
from services.mapping.views import DriftBody, RecipeDetail, RecipeItem, RecipeList
from shared.bearer import SignedIn
from shared.contracts.contract import Count, Id
from shared.contracts.kinds import ImportKind
from shared.openapi import ProblemBody

router = APIRouter(tags=["recipes"], responses={401: {"model": ProblemBody}, 403: {"model": ProblemBody}})
_NOT_FOUND: dict[int | str, dict[str, object]] = {404: {"model": ProblemBody}}
_NO_FILE = _NOT_FOUND | {410: {"model": ProblemBody, "description": "the file is no longer in Secure Upload"}}
Version = Annotated[Count | None, Query(ge=1, description="the newest if none is given")]


@router.get("/billers/{biller_id}/recipes")
async def list_recipes(
    services: Services, person: SignedIn, biller_id: Id, kind: ImportKind | None = None
) -> RecipeList:
    """The recipes for the kinds of import that you may run, last saved first."""
    return await recipes.list_recipes(services, person, biller_id, kind)


@router.get("/billers/{biller_id}/recipes/{recipe_id}", responses=_NOT_FOUND)
async def show_recipe(
    services: Services, person: SignedIn, biller_id: Id, recipe_id: UUID, version: Version = None
) -> RecipeDetail:
    """One version of a recipe, and the list of its versions."""
    return await recipes.show_recipe(services, person, biller_id, recipe_id, version)


@router.post("/billers/{biller_id}/recipes", status_code=201, responses=_NO_FILE | {422: {"model": RefusalBody}})
async def save_recipe(services: Services, person: SignedIn, biller_id: Id, new: NewRecipe) -> RecipeItem:
    """Save a mapping under a name. An existing name gets a new version; versions never change."""
    content = RecipeContent.model_validate(new.model_dump(include=set(RecipeContent.model_fields)))
    return await recipes.save_recipe(
        services, person, biller_id, name=new.name, kind=new.kind, file_id=new.file_id, content=content
    )


@router.get("/billers/{biller_id}/recipes/{recipe_id}/drift", responses=_NO_FILE)
async def show_drift(
    services: Services, person: SignedIn, biller_id: Id, recipe_id: UUID, file_id: UUID, version: Version = None
) -> DriftBody:
    """How a file's columns differ from those in the recipe. Check this before you use the recipe."""
    return await recipes.show_drift(services, person, biller_id, recipe_id, file_id, version)
