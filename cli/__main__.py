"""`customer-import`: run imports, follow them, repair stuck messages, set up a database."""

import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn
from uuid import UUID, uuid4

import typer

from cli import admin, audit, dead_letters, intake, login, ops, profiles, texts, webhooks
from cli.approving import approve_import
from cli.bodies import Status
from cli.canaries import asking_beside, canary_of, held_first
from cli.client import Client
from cli.correcting import correct
from cli.decisions import EXAMPLES, given_decisions
from cli.definition_file import read_definition_file
from cli.differing import differs
from cli.errors import CommandError, ExitCode
from cli.inspection import inspect_file, mapped_by, options_of, print_inspection
from cli.output import Json, console, notes, say, show_error, show_json, show_table
from cli.planning import plan
from cli.retrying import Wanted, retry_rows
from cli.run import exit_code, follow, start_import
from cli.standing import changes, obstacle
from cli.system import Person, find_system
from cli.tables import (
    WIDE,
    corrections_table,
    findings_table,
    imports_table,
    newest_counts,
    outcome_table,
    recipes_table,
    rows_table,
)
from cli.undoing import chosen_rows, follow_undo, undo_import
from shared.version import VERSION

NAME = "customer-import"
app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # plain ones hold no local variables, so no token
    help="Import customers from CSV files and follow the imports.",
)
login.add_to(app)
app.command()(correct)
app.command()(differs)
app.command()(plan)
app.add_typer(dead_letters.app, name="dead-letters")
app.add_typer(ops.app, name="ops")
app.add_typer(audit.app, name="audit")
app.add_typer(intake.app)
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(texts.app, name="texts")
app.add_typer(admin.app, name="admin")

ImportId = Annotated[UUID, typer.Argument(help="The import ID")]
First = Annotated[int | None, typer.Option(help="Start with so many rows, in the order of the file")]
Random = Annotated[int | None, typer.Option(help="Start with so many rows from anywhere in the file")]
Lines = Annotated[str | None, typer.Option(help="Start with the rows on these lines, such as 5,7-12")]
Decide = Annotated[list[str] | None, typer.Option("--decide", help=f"A decision: {EXAMPLES}")]
Yes = Annotated[bool, typer.Option("--yes", help="Start it without asking, unless something is to be decided")]
Patience = Annotated[float, typer.Option(help="Stop watching after this many seconds without progress")]


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{NAME} {VERSION}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit")
    ] = False,
    profile: Annotated[str | None, typer.Option(help="Use the system of this name; see `login`")] = None,
) -> None:
    """Options of every command."""
    if profile:
        os.environ[profiles.VARIABLE] = profile


@app.command()
def run(
    file: Annotated[Path, typer.Argument(help="The CSV file")],
    definition: Annotated[Path, typer.Argument(help="The definition file (YAML)")],
    person: Person = None,
    log: Annotated[Path | None, typer.Option(help="Save the log to this file")] = None,
    request_id: Annotated[UUID | None, typer.Option(help="Idempotency key: the same key never runs twice")] = None,
    patience: Patience = 300,
    recipe: Annotated[str | None, typer.Option(help="Use this recipe for what the definition does not set")] = None,
    accept_drift: Annotated[
        bool, typer.Option("--accept-drift", help="Ignore columns that the recipe does not know")
    ] = False,
    canary: First = None,
    canary_random: Random = None,
    canary_lines: Lines = None,
    detach: Annotated[
        bool, typer.Option("--detach", help="Print the import ID and leave; `watch` follows the import later")
    ] = False,
    as_json: Json = False,
) -> None:
    """Run an import and follow it until it ends; with --canary only a few rows first."""
    few = canary_of(canary, canary_random, canary_lines)
    client = _client(person)
    content = read_definition_file(definition, has_recipe=recipe is not None)
    content, named = held_first(content) if few else (content, None)
    request = request_id or uuid4()
    import_id = start_import(client, notes, content, file, request, recipe=recipe, accepts_drift=accept_drift)
    if detach:
        show_json({"import_id": import_id}) if as_json else typer.echo(import_id)
        return
    status = follow(client, notes, import_id, patience, asking_beside(named, few), few)
    if log is not None and status["counts"]["read"]:
        client.save_log(import_id, "all", log)
        say(f"Log: {log}")
    _end(client, status, as_json=as_json)


@app.command("recipes")
def list_recipes(
    biller: Annotated[str, typer.Argument(help="The biller's name or number")],
    person: Person = None,
    kind: Annotated[str | None, typer.Option(help="autopay, paperless or registration")] = None,
    as_json: Json = False,
) -> None:
    """List a biller's recipes (saved mappings)."""
    client = _client(person)
    recipes = client.recipes(client.biller(biller)["id"], kind)
    show_json(recipes) if as_json else show_table(recipes_table(recipes))


@app.command()
def inspect(
    file: Annotated[Path, typer.Argument(help="The file to read")],
    as_json: Json = False,
    normalized: Annotated[
        Path | None, typer.Option("--normalized", "--normalised", help="Save header and rows here as RFC 4180 UTF-8")
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="Use this encoding, such as windows-1252")] = None,
    delimiter: Annotated[str | None, typer.Option(help="Use this delimiter: one character, or tab")] = None,
    quote: Annotated[str | None, typer.Option(help="Use this quote character, or none")] = None,
    header_line: Annotated[str | None, typer.Option(help="The line with the header, counted from 1, or none")] = None,
    definition: Annotated[
        Path | None, typer.Option(help="Judge file and rows as an import with this definition (YAML) does")
    ] = None,
) -> None:
    """Show how a file would be read, and every problem in it. The exit code is 1 if it would be rejected."""
    content = None if definition is None else read_definition_file(definition)
    mapped = None if content is None else mapped_by(content)
    biller = content.get("biller") if content else None
    given = {"encoding": encoding, "delimiter": delimiter, "quote": quote, "header_line": header_line}
    found = inspect_file(
        file, options_of(given, mapped), normalized, mapped, biller if isinstance(biller, str) else None
    )
    if as_json:
        show_json(found)
    else:
        print_inspection(found)
    raise typer.Exit(ExitCode.REFUSED if found["refused"] else ExitCode.DONE)


@app.command("list")
def list_imports(
    person: Person = None,
    state: Annotated[str | None, typer.Option(help="Only imports in this state, such as running or completed")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="At most so many")] = 20,
    as_json: Json = False,
) -> None:
    """List imports, newest first."""
    imports = _client(person).imports(state=state, limit=limit)["items"]
    # A program gets whole ids, however wide its terminal is not.
    show_json(imports) if as_json else show_table(
        imports_table(imports, console.width if console.is_terminal else WIDE)
    )


@app.command()
def show(
    import_id: ImportId,
    person: Person = None,
    rows: Annotated[int, typer.Option(help="Show up to this many failed rows")] = 10,
    as_json: Json = False,
) -> None:
    """Show an import: check results, counts and the first failed rows. `plan` lists what it changes."""
    client = _client(person)
    status = client.status(str(import_id))
    if status is None:
        raise CommandError(f"No import {import_id} that you can see", remedy="Check the ID with `customer-import list`")
    check = client.check(str(import_id))
    has_failed = rows > 0 and newest_counts(status)["failed"] > 0
    failed = client.rows(str(import_id), outcome="failed", limit=rows)["items"] if has_failed else []
    corrected = client.corrections(str(import_id))
    if as_json:
        show_json({"import": status, "check": check, "failed_rows": failed, "corrections": corrected["items"]})
        return
    show_table(findings_table(check))
    if corrected["items"]:
        show_table(corrections_table(corrected))
    show_table(outcome_table(status))
    if stands_in_the_way := obstacle(status):
        stands_in_the_way.show(console)
    for line in changes(status):
        console.print(line, style="yellow", highlight=False, soft_wrap=True)
    if failed:
        show_table(rows_table(failed))


@app.command()
def watch(
    import_id: ImportId,
    person: Person = None,
    decide: Decide = None,
    yes: Yes = False,
    patience: Patience = 300,
    as_json: Json = False,
) -> None:
    """Follow an import until it ends, and make the decisions it needs; it starts where --decide names them all."""
    named = given_decisions(decide, agreed=yes)
    client = _client(person)
    _end(client, follow(client, notes, str(import_id), patience, asking_beside(named)), as_json=as_json)


@app.command()
def canary(
    import_id: ImportId,
    person: Person = None,
    first: First = None,
    random: Random = None,
    lines: Lines = None,
    decide: Decide = None,
    yes: Yes = False,
    patience: Patience = 300,
    as_json: Json = False,
) -> None:
    """Start an import that needs a decision with a few rows; the rest waits for a look at their results."""
    few = canary_of(first, random, lines)
    if few is None:
        raise CommandError("No rows are named", remedy="Name them with --first 10, --random 10 or --lines 5,7-12")
    ask = asking_beside(given_decisions(decide, agreed=yes), few)
    client = _client(person)
    _end(client, follow(client, notes, str(import_id), patience, ask, few), as_json=as_json)


@app.command("continue")
def continue_import(
    import_id: ImportId, person: Person = None, patience: Patience = 300, as_json: Json = False
) -> None:
    """Continue an import that is paused after its first rows, and follow it until it ends."""
    client = _client(person)
    client.go_on(str(import_id))
    say(f"Import {import_id} continues with the other rows")
    _end(client, follow(client, notes, str(import_id), patience), as_json=as_json)


@app.command()
def cancel(
    import_id: ImportId,
    person: Person = None,
    undo_too: Annotated[
        bool, typer.Option("--undo", help="Undo what was applied, too, and follow the undo until it ends")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Start the undo without asking")] = False,
    patience: Patience = 300,
    as_json: Json = False,
) -> None:
    """Cancel an import: no new batch is started; batches in progress finish."""
    client = _client(person)
    if undo_too:
        undo_id = client.stop_and_undo(str(import_id), uuid4())
        say(f"Import {import_id} is canceled. Undo: {undo_id}")
        _end(client, follow_undo(client, notes, undo_id, patience, agreed=yes), as_json=as_json)
    answer = client.cancel(str(import_id))
    if as_json:
        show_json(answer)
    elif answer["state"] == "cancelling":
        say(f"Canceling import {import_id}: batches in progress are finishing")
        say(f"`customer-import show {import_id}` shows when it is canceled")
    else:
        say(f"Import {import_id} is canceled. No more rows are applied")


@app.command()
def undo(
    import_id: ImportId,
    person: Person = None,
    rows: Annotated[str | None, typer.Option(help="Undo only these lines of the file, such as 5,7-12")] = None,
    accounts: Annotated[Path | None, typer.Option(help="Undo only the account numbers in this file")] = None,
    code: Annotated[str | None, typer.Option(help="Undo only rows with this code, such as W344")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Start the undo without asking")] = False,
    request_id: Annotated[UUID | None, typer.Option(help="Idempotency key: the same key never runs twice")] = None,
    patience: Patience = 300,
    as_json: Json = False,
) -> None:
    """Undo an import, or chosen rows: show what is taken back and left alone, then start and follow it."""
    chosen = chosen_rows(rows, accounts, code)
    client = _client(person)
    status = undo_import(client, notes, import_id, request_id or uuid4(), patience, agreed=yes, chosen=chosen)
    _end(client, status, as_json=as_json)


@app.command()
def retry(
    import_id: ImportId,
    person: Person = None,
    corrected: Annotated[Path | None, typer.Option(help="Rows of the log with their columns, corrected")] = None,
    cells: Annotated[list[str] | None, typer.Option("--set", help="A corrected cell: 12:email=ann@example.com")] = None,
    lines: Annotated[str, typer.Option(help="Rows to try again as they are: 5,7 or 12-15")] = "",
    leave_out: Annotated[str, typer.Option(help="Rows to skip for good")] = "",
    outcomes: Annotated[
        list[str] | None, typer.Option("--all", help="Every row with this result, such as failed")
    ] = None,
    codes: Annotated[
        list[str] | None, typer.Option("--code", help="Every row with this code that was not applied")
    ] = None,
    decide: Decide = None,
    yes: Annotated[bool, typer.Option("--yes", help="Start the round without asking")] = False,
    request_id: Annotated[UUID | None, typer.Option(help="Idempotency key: the same key never runs twice")] = None,
    patience: Patience = 300,
    as_json: Json = False,
) -> None:
    """Try rows again that were not applied, corrected or as they are. Rows that succeeded are never touched."""
    client = _client(person)
    wanted = Wanted(corrected, cells or (), lines, leave_out, outcomes or (), codes or (), decide or ())
    status = retry_rows(client, notes, import_id, wanted, request_id or uuid4(), patience, agreed=yes)
    _end(client, status, as_json=as_json)


@app.command()
def resume(import_id: ImportId, person: Person = None, as_json: Json = False) -> None:
    """Resume an import that is waiting for an operator, once the cause is fixed."""
    _client(person).resume(str(import_id))
    if as_json:
        show_json({"import_id": import_id, "resumed": True})
    else:
        say(f"Import {import_id} continues where it stopped")


@app.command()
def approve(
    import_id: ImportId,
    check_no: Annotated[int, typer.Argument(help="The number of the check that you reviewed")],
    person: Person = None,
    as_json: Json = False,
) -> None:
    """Approve an import as the second person, after reviewing its decisions."""
    decided = approve_import(_client(person), str(import_id), check_no)
    if as_json:
        show_json(decided)
    else:
        say(f"Import {import_id} is approved")


@app.command("log")
def save_log(
    import_id: ImportId,
    target: Annotated[Path, typer.Argument(help="Save the log to this file")],
    which: Annotated[str, typer.Option(help="all, failed or not_imported")] = "all",
    person: Person = None,
    as_json: Json = False,
) -> None:
    """Download the log: the original columns, then line, outcome, codes, reason and the IDs in the CRM."""
    _client(person).save_log(str(import_id), which, target)
    if as_json:
        show_json({"import_id": import_id, "which": which, "file": target})
    else:
        say(f"Log: {target}")


def _end(client: Client, status: Status, *, as_json: bool) -> NoReturn:
    """Show how an import ended, and end with the code for it."""
    if as_json:
        show_json(status)
    else:
        if status["state"] == "rejected":
            show_table(findings_table(client.check(str(status["import_id"]))))
        show_table(outcome_table(status))
    raise typer.Exit(exit_code(status))


def _client(person: str | None) -> Client:
    return find_system(person).client()


def main() -> None:
    """Run a command; what cannot be done is said in plain words."""
    try:
        app(prog_name=NAME)
    except CommandError as error:
        show_error(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(ExitCode.INTERRUPTED)


if __name__ == "__main__":
    main()
