"""`customer-import`: run imports, look at them, mend what is stuck, set up a database."""

import sys
from pathlib import Path
from typing import Annotated
from uuid import UUID, uuid4

import typer
from rich.console import Console
from rich.prompt import Confirm

from cli import administration
from cli.client import Client, call_service
from cli.definition_file import read_definition_file
from cli.errors import CommandError
from cli.inspection import as_json, inspect_file, options_of, print_inspection
from cli.run import follow, run_import
from cli.standing import changes, obstacle
from cli.system import System, find_system
from cli.tables import (
    WIDE,
    dead_letters_table,
    findings_table,
    imports_table,
    outcome_table,
    recipes_table,
    rows_table,
)

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Customer imports from the command line.")
dead_letters = typer.Typer(no_args_is_help=True, help="Messages that could not be handled.")
app.add_typer(dead_letters, name="dead-letters")
app.add_typer(administration.app, name="admin")

console = Console(markup=False)  # headers and file names may have brackets
Person = Annotated[str | None, typer.Option("--as", help="Person of the embedded stack: ivy, paul or sam")]
ImportId = Annotated[UUID, typer.Argument(help="The import's id")]


@app.command()
def run(
    file: Annotated[Path, typer.Argument(help="The CSV file")],
    definition: Annotated[Path, typer.Argument(help="The definition file (YAML)")],
    person: Person = None,
    log: Annotated[Path | None, typer.Option(help="Save the result log here")] = None,
    request_id: Annotated[UUID | None, typer.Option(help="Idempotency key; the same one never runs twice")] = None,
    patience: Annotated[float, typer.Option(help="Give up watching after so many seconds without progress")] = 300,
    recipe: Annotated[str | None, typer.Option(help="Take what the definition leaves open from this recipe")] = None,
    accept_drift: Annotated[bool, typer.Option("--accept-drift", help="New columns in the file are fine")] = False,
) -> None:
    """Run one import and follow it to its end. Ends with 0 when it completed."""
    client = _client(person)
    content = read_definition_file(definition, has_recipe=recipe is not None)
    status = run_import(
        client,
        console,
        content,
        file,
        request_id or uuid4(),
        patience,
        recipe=recipe,
        accepts_drift=accept_drift,
    )
    if log is not None and status["counts"]["read"]:
        client.save_log(str(status["import_id"]), "all", log)
        console.print(f"Log: {log}", soft_wrap=True)
    raise typer.Exit(0 if status["state"] in {"completed", "completed_with_errors"} else 1)


@app.command("recipes")
def list_recipes(
    biller: Annotated[str, typer.Argument(help="The biller's name or number")],
    person: Person = None,
    kind: Annotated[str | None, typer.Option(help="autopay, paperless or registration")] = None,
) -> None:
    """List the recipes of a biller: mappings saved under a name."""
    client = _client(person)
    console.print(recipes_table(client.recipes(client.biller(biller)["id"], kind)))


@app.command()
def inspect(
    file: Annotated[Path, typer.Argument(help="Any file")],
    as_json_text: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
    normalised: Annotated[Path | None, typer.Option(help="Write header and rows as RFC 4180 UTF-8 here")] = None,
    encoding: Annotated[str | None, typer.Option(help="Instead of the one detected, such as windows-1252")] = None,
    delimiter: Annotated[str | None, typer.Option(help="One character, or: tab")] = None,
    quote: Annotated[str | None, typer.Option(help="One character, or: none where the file quotes nothing")] = None,
    header_line: Annotated[int | None, typer.Option(min=1, help="The line of the header, counted from 1")] = None,
) -> None:
    """Show how a file would be read, and every problem in it. Ends with 1 when the file would be refused."""
    found = inspect_file(file, options_of(encoding, delimiter, quote, header_line), normalised)
    if as_json_text:
        typer.echo(as_json(found))
    else:
        print_inspection(console, found)
    raise typer.Exit(1 if found["refused"] else 0)


@app.command("list")
def list_imports(
    person: Person = None,
    state: Annotated[str | None, typer.Option(help="Only imports in this state")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 20,
) -> None:
    """List imports, newest first."""
    width = console.width if console.is_terminal else max(console.width, WIDE)  # a program reads whole ids
    console.print(imports_table(_client(person).imports(state=state, limit=limit)["items"], width), width=width)


@app.command()
def show(
    import_id: ImportId,
    person: Person = None,
    rows: Annotated[int, typer.Option(help="Also show so many row results that need attention")] = 10,
) -> None:
    """Show one import: what its check found, its counts and its first failures."""
    client = _client(person)
    status = client.status(str(import_id))
    if status is None:
        raise CommandError(f"No import {import_id}")
    console.print(findings_table(client.check(str(import_id))))
    console.print(outcome_table(status))
    if stands_in_the_way := obstacle(status):
        stands_in_the_way.show(console)
    for line in changes(status):
        console.print(line, style="yellow", highlight=False, soft_wrap=True)
    if rows and status["counts"]["failed"]:
        console.print(rows_table(client.rows(str(import_id), outcome="failed", limit=rows)["items"]))


@app.command()
def watch(import_id: ImportId, person: Person = None, patience: float = 300) -> None:
    """Follow an import to its end, deciding what it asks."""
    status = follow(_client(person), console, str(import_id), patience)
    raise typer.Exit(0 if status["state"] in {"completed", "completed_with_errors"} else 1)


@app.command()
def cancel(import_id: ImportId, person: Person = None) -> None:
    """Cancel an import: no further part is begun, and one that is being written may still end."""
    answer = _client(person).cancel(str(import_id))
    if answer["state"] == "cancelling":
        console.print(f"Import {import_id} is being cancelled: parts in progress are finishing", soft_wrap=True)
        console.print(f"`customer-import show {import_id}` says when that is final", soft_wrap=True)
    else:
        console.print(f"Import {import_id} is cancelled; no further row is applied")


@app.command()
def resume(import_id: ImportId, person: Person = None) -> None:
    """Let an import go on that waits for an operator, once its cause is put right."""
    _client(person).resume(str(import_id))
    console.print(f"Import {import_id} goes on where it stopped")


@app.command()
def approve(import_id: ImportId, check_no: int, person: Person = None) -> None:
    """Approve a guarded import as the second person, after a look at what was decided."""
    client = _client(person)
    check = client.check(str(import_id))
    if check["check_no"] != check_no:
        raise CommandError(f"The newest check is number {check['check_no']}", remedy="Look at it with `show` first")
    console.print(findings_table(check))
    for code, choice in check["answers"].items():
        console.print(f"{code}: {choice}", highlight=False)
    if console.is_terminal and not Confirm.ask("Approve this?", console=console, default=False):
        raise CommandError("Not approved; the import stays held")
    client.approve(str(import_id), check)
    console.print(f"Import {import_id} is approved")


@app.command("log")
def save_log(
    import_id: ImportId,
    target: Annotated[Path, typer.Argument(help="Where to save it")],
    which: Annotated[str, typer.Option(help="all or failed")] = "all",
    person: Person = None,
) -> None:
    """Download the result log: the original columns, then line, outcome, codes and reason."""
    _client(person).save_log(str(import_id), which, target)


@dead_letters.command("list")
def list_dead_letters(person: Person = None) -> None:
    """List the dead letters of every service."""
    system = find_system(person)
    letters = [
        {"service": service} | letter for service, url in system.services.items() for letter in _letters(system, url)
    ]
    console.print(dead_letters_table(letters))


@dead_letters.command("send")
def send_dead_letter(service: str, letter_id: int, person: Person = None) -> None:
    """Handle a dead letter again, in the name of the person who sends it."""
    system = find_system(person)
    if service not in system.services:
        raise CommandError(f"No service {service!r}", remedy=f"One of {', '.join(system.services)}")
    call_service(system.services[service], system.token, "POST", f"/dead-letters/{letter_id}/send")
    console.print(f"Dead letter {letter_id} of {service} was handled")


def _letters(system: System, url: str) -> list[dict[str, object]]:
    answer = call_service(url, system.token, "GET", "/dead-letters")
    items: list[dict[str, object]] = answer["items"]
    return items


def _client(person: str | None) -> Client:
    return find_system(person).client()


def main() -> None:
    """Run a command; what cannot be done is said in plain words."""
    try:
        app()
    except CommandError as error:
        errors = Console(stderr=True, markup=False)
        errors.print(error.message, style="red", highlight=False)
        if error.remedy:
            errors.print(error.remedy, highlight=False)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
