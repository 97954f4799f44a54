"""Recipes on the pages: offered for a file with what has drifted, used, saved, and looked at in all their versions."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.mapping.draft import ChosenRecipe
from services.mapping.errors import InvalidRequest
from services.mapping.pages.work import DRAFT, Services, Work, Working, trouble
from services.mapping.recipes import LONGEST_NAME, Drift, RecipeContent, drift_of, fitted, taken_from
from services.mapping.records import Recipe
from services.mapping.usecases import billers, recipes
from shared.contracts.contract import Id
from shared.contracts.kinds import ImportKind
from shared.errors import Conflict
from shared.http import Problem
from shared.web import Form, SignedInVisitor, render, see_other, text_in, too_long, whole_number

router = APIRouter()
_MOST_OFFERED: Final = 10


@dataclass(frozen=True, slots=True)
class Offer:
    """A recipe that may be used for the chosen file."""

    recipe: Recipe
    drift: Drift


@router.post(DRAFT + "/recipe")
async def use_recipe(work: Working, form: Form) -> Response:
    """Fill the draft from a recipe; where the file has drifted a person looks at the columns before going on."""
    if work.content.kind is None or work.content.file is None:
        return see_other(work.address("file"))
    recipe_id, _, version = str(form.get("recipe", "")).partition(":")
    recipe = await recipes.one_recipe(
        work.services, work.visitor.person, work.biller.id, _id(recipe_id), whole_number(version)
    )
    if recipe.kind is not work.content.kind:
        raise Problem(
            409, "recipe_of_other_kind", "The recipe is for another kind of import", remedy="Choose another recipe"
        )
    if problems := work.changed_elsewhere(form, "account-number"):
        raise Conflict("draft_changed", problems[0].message, remedy="Open the page again and choose the recipe there")
    await _fill(work, recipe)
    return see_other(work.address("columns"))


@router.post(DRAFT + "/save-recipe")
async def save_draft_as_recipe(work: Working, form: Form) -> Response:
    """Keep the mapping of the draft under a name: a new recipe, or the next version of one."""
    way_back = str(form.get("back", ""))
    if work.content.recipe is not None and not work.content.recipe.seen:
        return see_other(work.address("columns"))
    if work.content.kind is None or work.content.file is None or not work.content.parts:
        return see_other(work.address("check"))
    content = taken_from(work.content.definition(work.biller.id))
    name = text_in(form, "name")
    problems = work.changed_elsewhere(form, "check")
    if not name:
        problems.append(trouble("The recipe has no name", "Enter a name", place="#recipe-name"))
    if words := too_long("The name", name, LONGEST_NAME):
        problems.append(trouble(words, "Shorten it; nothing was cut", place="#recipe-name"))
    if problems:
        return work.page("check", problems=problems, recipe_name=name)
    try:
        saved = await recipes.save_recipe(
            work.services,
            work.visitor.person,
            work.biller.id,
            name=name,
            kind=work.content.kind,
            file_id=work.content.file.id,
            content=content,
        )
    except InvalidRequest as refused:
        return work.page("check", problems=refused.problems)
    await work.save(recipe=ChosenRecipe(id=saved.id, version=saved.version, name=saved.name))
    if way_back == "review" and work.draft.import_id is not None:
        return see_other(f"/checks/{work.draft.import_id}/review?saved={saved.version}")
    return see_other(work.address("check") + f"?saved={saved.version}")


@router.get("/recipes/{biller_id}")
async def show_recipes(request: Request, services: Services, visitor: SignedInVisitor, biller_id: Id) -> Response:
    """The recipes of a biller by kind of import."""
    biller = await billers.find_biller(services, visitor.person, biller_id)
    found = (await recipes.list_recipes(services, visitor.person, biller_id)).items
    by_kind = {kind: [one for one in found if one.kind is kind] for kind in ImportKind}
    groups = {kind: items for kind, items in by_kind.items() if items}
    return render(request, "recipes.html", biller=biller, groups=groups)


@router.get("/recipes/{biller_id}/{recipe_id}")
async def show_one_recipe(
    request: Request, services: Services, visitor: SignedInVisitor, biller_id: Id, recipe_id: UUID, version: str = ""
) -> Response:
    biller = await billers.find_biller(services, visitor.person, biller_id)
    recipe = await recipes.show_recipe(services, visitor.person, biller_id, recipe_id, whole_number(version))
    types = {one.code: one.alias for one in await billers.invoice_types(services, biller_id)}
    return render(request, "one_recipe.html", biller=biller, recipe=recipe, type_names=types)


async def recipes_offered(work: Work) -> list[Offer]:
    """The biller's recipes for this kind of import, each held against the header of the chosen file."""
    if work.content.kind is None or work.content.file is None:
        return []
    found = await recipes.newest(work.services, work.biller.id, work.content.kind)
    offers = [Offer(recipe, await _drift(work, recipe)) for recipe in found[:_MOST_OFFERED]]
    return sorted(offers, key=lambda offer: (bool(offer.drift.missing), bool(offer.drift)))


async def _header(work: Work, content: RecipeContent) -> tuple[str, ...]:
    sample = await work.with_content(reading=content.options.reading).sample()
    return () if sample.refusal else sample.header


async def _drift(work: Work, recipe: Recipe) -> Drift:
    return drift_of(recipe.content, recipe.header, await _header(work, recipe.content))


async def _fill(work: Work, recipe: Recipe) -> None:
    header = await _header(work, recipe.content)
    drift = drift_of(recipe.content, recipe.header, header)
    content, has = recipe.content, fitted(recipe.content, header)
    types = {one.code for one in await billers.invoice_types(work.services, work.biller.id)}
    await work.save(
        reading=content.options.reading,
        invoice_types=tuple(code for code in content.invoice_types if code in types),
        columns=has.columns,
        paperless_flag_reversed=content.options.paperless_flag_reversed,
        method_kind_default=content.options.method_kind_default,
        bank_account_type_default=content.options.bank_account_type_default,
        notify_customers=content.options.notify_customers,
        values=has.values,
        parts=has.account_number,
        arranged=not drift,
        recipe=ChosenRecipe(
            id=recipe.id,
            version=recipe.version,
            name=recipe.name,
            missing=drift.missing,
            new=drift.new,
            seen=not drift,
        ),
    )


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Problem(404, "recipe_not_found", "No such recipe", remedy="Choose a recipe from the list") from None
