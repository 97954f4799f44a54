"""`customer-import intake`: files that appear in folders are imported, by the public API alone."""

import time
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cli.errors import ExitCode, NotNowError, UnreachableError
from cli.intake.folders import Folders
from cli.intake.looking import Taken, Watch
from cli.intake.rules import Hours, read_rules
from cli.output import Json, say, show_json
from cli.system import Person, find_system

app = typer.Typer()
_LOOK_SECONDS = 10.0
_quietly = Console(stderr=True, markup=False, force_terminal=False)  # several files have one terminal


@app.command("intake")
def intake(
    folder: Annotated[Path, typer.Argument(help="It has a folder for each biller, called by its name or number")],
    rules: Annotated[
        Path | None, typer.Option(help="What counts for which biller (YAML): recipe, decisions, log recipients")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Take what is there, and end")] = False,
    at_once: Annotated[int, typer.Option(min=1, max=32, help="Files at a time")] = 4,
    settled: Annotated[float, typer.Option(min=0.1, help="Take a file that did not change for so many seconds")] = 10,
    quiet: Annotated[
        str | None, typer.Option(help="Take nothing between these times of this machine, such as 22:00-06:00")
    ] = None,
    patience: Annotated[float, typer.Option(help="Wait so many seconds for the check of a file")] = 3600,
    person: Person = None,
    as_json: Json = False,
) -> None:
    """Import files that appear in a folder, with the biller's recipe that fits.

    New whole files are uploaded and checked. What the rules decide in advance runs; everything else waits for a
    person. Each file goes to `done` or `refused` beside it, with a file that says why.
    """
    hours = Hours.of(quiet)
    known = read_rules(rules)
    with Folders.locked(folder) as folders:
        watch = Watch(folders, known, settled=settled, at_once=at_once, patience=patience)
        if once:
            taken = _look(watch, hours, person, as_json=as_json)
            time.sleep(settled)
            taken += _look(watch, hours, person, as_json=as_json)
            _end(taken, as_json=as_json, is_left=folders.has_taken())
        while True:
            try:
                _look(watch, hours, person, as_json=as_json)
            except (UnreachableError, NotNowError) as error:  # it is asked again at the next look
                say(error.message, style="yellow")
            time.sleep(min(_LOOK_SECONDS, settled))


def _look(watch: Watch, hours: Hours, person: str | None, *, as_json: bool) -> list[Taken]:
    """One look at every folder."""
    if hours.are_now(datetime.now().astimezone().time()):
        return []
    found = watch.look(lambda: find_system(person).client(), _quietly)
    for one in found:
        if not as_json:
            say(one.words, style=None if one.is_taken else "yellow")
    return found


def _end(taken: list[Taken], *, as_json: bool, is_left: bool) -> None:
    if as_json:
        show_json([{"file": one.name, **one.told} for one in taken])
    if not all(one.is_taken for one in taken):
        raise typer.Exit(ExitCode.REFUSED)
    raise typer.Exit(ExitCode.UNREACHABLE if is_left else ExitCode.DONE)
