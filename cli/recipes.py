"""Recipes on the command line: found by name, held against the file, and turned into a definition."""

from typing import cast

from rich.console import Console
from rich.prompt import Confirm

from cli.bodies import Biller, Definition, Part, Recipe
from cli.client import Client
from cli.errors import CommandError
from cli.output import can_ask


def with_recipe(client: Client, biller: Biller, content: Definition, name: str) -> Definition:
    """The content of a definition file with what the newest version of a recipe adds; what the file says wins."""
    recipe = client.recipe(biller["id"], _named(client, biller, content.get("kind"), name)["id"])
    held = recipe["content"]
    options = {name: value for name, value in held["options"].items() if value is not None}
    taken: Definition = {
        "columns": held["columns"],
        "values": held.get("values", {}),
        "account_number": cast("list[Part]", held["account_number"]),
        "invoice_types": held["invoice_types"],
    }
    return (
        taken
        | content
        | {
            "kind": recipe["kind"],
            "options": options | (content.get("options") or {}),
            "recipe": {"id": recipe["id"], "version": recipe["version"]},
        }
    )


def confirm_drift(
    client: Client, console: Console, biller_id: int, content: Definition, file_id: str, *, accepted: bool
) -> None:
    """Say how the file's columns differ from those the recipe knows; go on only if somebody has seen it.

    Raises CommandError where a column is missing, where nobody can be asked, or where the person says no.
    """
    recipe = content["recipe"]
    drift = client.drift(biller_id, recipe["id"], recipe["version"], file_id)
    for word, names in (("Missing columns", drift["missing"]), ("New columns", drift["new"])):
        if names:
            console.print(f"{word}: {', '.join(names)}", style="yellow", highlight=False)
    lost = [name for name in drift["missing"] if name in _used(content)]
    if lost:
        raise CommandError(
            f"Columns of the recipe are missing in the file: {', '.join(lost)}",
            remedy="Map the columns again in the wizard and save a new version",
        )
    if not drift["new"] or accepted:
        return
    if not can_ask():
        raise CommandError(
            f"The file has new columns that the recipe does not know: {', '.join(drift['new'])}",
            remedy="Review them, then run with --accept-drift to ignore them",
        )
    if not Confirm.ask("Continue and ignore the new columns?", console=console, default=False):
        raise CommandError("Not confirmed; nothing was started")


def _used(content: Definition) -> set[str]:
    parts = (part["column"] for part in content["account_number"] if "column" in part)
    return {*content["columns"].values(), *parts}


def _named(client: Client, biller: Biller, kind: str | None, name: str) -> Recipe:
    known = client.recipes(biller["id"], kind)
    found = [recipe for recipe in known if recipe["name"].casefold() == name.casefold()]
    if len(found) == 1:
        return found[0]
    if found:
        kinds = ", ".join(recipe["kind"] for recipe in found)
        raise CommandError(
            f"{biller['name']} has a recipe {name!r} for each of: {kinds}", remedy="Set `kind:` in the definition"
        )
    names = ", ".join(recipe["name"] for recipe in known) or "none"
    raise CommandError(f"{biller['name']} has no recipe {name!r}", remedy=f"Its recipes: {names}")
