"""`customer-import`: run imports, follow them, repair stuck messages, set up a database."""

import sys
from pathlib import Path
from typing import Annotated
from uuid import UUID, uuid4

import typer
from rich.console import Console
from rich.prompt import Confirm

from cli import admin
from cli.bodies import DeadLetter
from cli.client import Client, call_service
from cli.decisions import approve_command
from cli.definition_file import read_definition_file
from cli.errors import CommandError
from cli.inspection import as_json, inspect_file, mapped_by, options_of, print_inspection
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
from cli.undoing import undo_import
from shared.contracts.codes import choice_words, code_title
from shared.version import VERSION

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Import customers from CSV files and follow the imports."
)
_NAME = "customer-import"
dead_letters = typer.Typer(no_args_is_help=True, help="List messages that could not be handled, and handle them again.")
app.add_typer(dead_letters, name="dead-letters")
app.add_typer(admin.app, name="admin")

console = Console(markup=False)  # headers and file names may have brackets
Person = Annotated[str | None, typer.Option("--as", help="Sign in to the local stack as ivy, paul or sam")]
ImportId = Annotated[UUID, typer.Argument(help="The import ID")]


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{_NAME} {VERSION}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit")
    ] = False,
) -> None:
    """Options of every command."""


@app.command()
def run(
    file: Annotated[Path, typer.Argument(help="The CSV file")],
    definition: Annotated[Path, typer.Argument(help="The definition file (YAML)")],
    person: Person = None,
    log: Annotated[Path | None, typer.Option(help="Save the log to this file")] = None,
    request_id: Annotated[UUID | None, typer.Option(help="Idempotency key: the same key never runs twice")] = None,
    patience: Annotated[float, typer.Option(help="Stop watching after this many seconds without progress")] = 300,
    recipe: Annotated[str | None, typer.Option(help="Use this recipe for what the definition does not set")] = None,
    accept_drift: Annotated[
        bool, typer.Option("--accept-drift", help="Ignore columns that the recipe does not know")
    ] = False,
) -> None:
    """Run an import and follow it until it ends. The exit code is 0 if it completed."""
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
    """List a biller's recipes (saved mappings)."""
    client = _client(person)
    console.print(recipes_table(client.recipes(client.biller(biller)["id"], kind)))


@app.command()
def inspect(
    file: Annotated[Path, typer.Argument(help="The file to read")],
    as_json_text: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
    normalized: Annotated[
        Path | None, typer.Option("--normalized", "--normalised", help="Save header and rows here as RFC 4180 UTF-8")
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="Use this encoding, such as windows-1252")] = None,
    delimiter: Annotated[str | None, typer.Option(help="Use this delimiter: one character, or tab")] = None,
    quote: Annotated[str | None, typer.Option(help="Use this quote character, or none")] = None,
    header_line: Annotated[int | None, typer.Option(min=1, help="The line with the header, counted from 1")] = None,
    definition: Annotated[
        Path | None, typer.Option(help="Judge the file as an import with this definition (YAML) does")
    ] = None,
) -> None:
    """Show how a file would be read, and every problem in it. The exit code is 1 if it would be rejected."""
    mapped = None if definition is None else mapped_by(read_definition_file(definition))
    told = {"encoding": encoding, "delimiter": delimiter, "quote": quote, "header_line": header_line}
    found = inspect_file(file, options_of(told, mapped), normalized, mapped)
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
    rows: Annotated[int, typer.Option(help="Show up to this many failed rows")] = 10,
) -> None:
    """Show an import: check results, counts and the first failed rows."""
    client = _client(person)
    status = client.status(str(import_id))
    if status is None:
        raise CommandError(f"No import {import_id} that you can see", remedy="Check the ID with `customer-import list`")
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
    """Follow an import until it ends, and make the decisions it needs."""
    status = follow(_client(person), console, str(import_id), patience)
    raise typer.Exit(0 if status["state"] in {"completed", "completed_with_errors"} else 1)


@app.command()
def cancel(import_id: ImportId, person: Person = None) -> None:
    """Cancel an import: no new batch is started; batches in progress finish."""
    answer = _client(person).cancel(str(import_id))
    if answer["state"] == "cancelling":
        console.print(f"Canceling import {import_id}: batches in progress are finishing", soft_wrap=True)
        console.print(f"`customer-import show {import_id}` shows when it is canceled", soft_wrap=True)
    else:
        console.print(f"Import {import_id} is canceled. No more rows are applied")


@app.command()
def undo(
    import_id: ImportId,
    person: Person = None,
    yes: Annotated[bool, typer.Option("--yes", help="Start the undo without asking")] = False,
    request_id: Annotated[UUID | None, typer.Option(help="Idempotency key: the same key never runs twice")] = None,
    patience: Annotated[float, typer.Option(help="Stop watching after this many seconds without progress")] = 300,
) -> None:
    """Undo an import: show what is taken back and what is left alone, then start and follow it."""
    client = _client(person)
    status = undo_import(client, console, import_id, request_id or uuid4(), patience, agreed=yes)
    raise typer.Exit(0 if status["state"] in {"completed", "completed_with_errors"} else 1)


@app.command()
def resume(import_id: ImportId, person: Person = None) -> None:
    """Resume an import that is waiting for an operator, once the cause is fixed."""
    _client(person).resume(str(import_id))
    console.print(f"Import {import_id} continues where it stopped")


@app.command()
def approve(import_id: ImportId, check_no: int, person: Person = None) -> None:
    """Approve an import as the second person, after reviewing its decisions."""
    client = _client(person)
    check = client.check(str(import_id))
    if check["check_no"] != check_no:
        raise CommandError(
            f"Check {check_no} is out of date; the newest is {check['check_no']}",
            remedy=f"Review it with `customer-import show {import_id}`, then run "
            f"`{approve_command(import_id, check['check_no'])}`",
        )
    console.print(findings_table(check))
    for code, choice in check["answers"].items():
        console.print(f"{code} {code_title(code)}: {choice_words(code, choice)}", highlight=False)
    if console.is_terminal and not Confirm.ask("Approve this import?", console=console, default=False):
        raise CommandError("Not approved; the import still waits for approval")
    client.approve(str(import_id), check)
    console.print(f"Import {import_id} is approved")


@app.command("log")
def save_log(
    import_id: ImportId,
    target: Annotated[Path, typer.Argument(help="Save the log to this file")],
    which: Annotated[str, typer.Option(help="all, failed or not_imported")] = "all",
    person: Person = None,
) -> None:
    """Download the log: the original columns, then line, outcome, codes and reason."""
    _client(person).save_log(str(import_id), which, target)


@dead_letters.command("list")
def list_dead_letters(person: Person = None) -> None:
    """List messages that could not be handled, for every service."""
    system = find_system(person)
    letters = [(service, letter) for service, url in system.services.items() for letter in _letters(system, url)]
    console.print(dead_letters_table(letters))


@dead_letters.command("send")
def send_dead_letter(service: str, letter_id: int, person: Person = None) -> None:
    """Handle a message again, on behalf of the person who sends it."""
    system = find_system(person)
    if service not in system.services:
        raise CommandError(f"No service is named {service!r}", remedy=f"Use one of: {', '.join(system.services)}")
    call_service(system.services[service], system.token, "POST", f"/dead-letters/{letter_id}/send")
    console.print(f"Message {letter_id} of {service} was handled")


def _letters(system: System, url: str) -> list[DeadLetter]:
    answer = call_service(url, system.token, "GET", "/dead-letters")
    items: list[DeadLetter] = answer["items"]
    return items


def _client(person: str | None) -> Client:
    return find_system(person).client()


def main() -> None:
    """Run a command; what cannot be done is said in plain words."""
    try:
        app(prog_name=_NAME)
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
