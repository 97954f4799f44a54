"""`customer-import intake`: files that appear in folders, S3 or on servers are imported, by the public API alone."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Annotated, Final

import typer
from rich.console import Console

from cli.errors import CommandError, ExitCode, NotNowError, UnreachableError
from cli.intake.folders import Folders
from cli.intake.going import Going, StoppedError, stopping
from cli.intake.looking import Taken, Watch
from cli.intake.places import Place
from cli.intake.rules import Hours, read_rules
from cli.intake.settings import Given, given_places
from cli.output import Json, say, show_json
from cli.system import Person, find_system

_BEAT_SECONDS: Final = 5.0
app = typer.Typer()
_quietly = Console(stderr=True, markup=False, force_terminal=False)  # several files have one terminal


@app.command("intake")
def intake(
    places: Annotated[
        list[str] | None,
        typer.Argument(help="Folders, s3://bucket/prefix, sftp://user@host/folder; each has a folder for each biller"),
    ] = None,
    places_file: Annotated[
        Path | None, typer.Option("--places", help="More of them (YAML), for places that need more than an address")
    ] = None,
    rules: Annotated[
        Path | None, typer.Option(help="What counts for which biller (YAML): recipe, decisions, log recipients")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Take what is there, and end")] = False,
    at_once: Annotated[int, typer.Option(min=1, max=32, help="Files of a place at a time")] = 4,
    settled: Annotated[float, typer.Option(min=0.1, help="Take a file that did not change for so many seconds")] = 10,
    every: Annotated[float, typer.Option(min=0.1, help="Look again after so many seconds")] = 10,
    quiet: Annotated[
        str | None, typer.Option(help="Take nothing between these times of this machine, such as 22:00-06:00")
    ] = None,
    patience: Annotated[float, typer.Option(help="Wait so many seconds for the check of a file")] = 3600,
    heartbeat: Annotated[
        Path | None, typer.Option(help="Touch this file every few seconds while no place is stuck, for a health check")
    ] = None,
    person: Person = None,
    as_json: Json = False,
) -> None:
    """Import files that appear in folders, in S3 or on SFTP servers, with the biller's recipe that fits.

    New whole files are uploaded and checked. What the rules decide in advance runs; everything else waits for a
    person. Each file goes to `done` or `refused` beside it, with a file that says why.
    """
    hours = Hours.of(quiet)
    known = read_rules(rules)
    given = given_places(places or [], places_file)
    stopped = Event()
    with ExitStack() as stack:
        opened = [open_place(one, stack) for one in given]
        watches = [Watch(one, known, settled, at_once, patience, Going(stopped)) for one in opened]
        looks = [_Looks(watch, hours, person, as_json) for watch in watches]
        if once:
            with ThreadPoolExecutor(len(looks)) as pool, stopping(stopped):
                taken = [one for found in pool.map(_Looks.once, looks) for one in found]
            _end(taken, watches, as_json=as_json)
        else:
            _go_on(looks, every, stopped, heartbeat)


def open_place(given: Given, stack: ExitStack) -> Place:
    match given.url.scheme:
        case "s3":
            from cli.intake.buckets import Bucket  # noqa: PLC0415 - its library is slow to load

            return Bucket.of(given)
        case "sftp":
            from cli.intake.sftp import SftpFolders  # noqa: PLC0415 - its library is slow to load

            return stack.enter_context(SftpFolders.of(given))
        case _:
            return stack.enter_context(Folders.locked(Path(given.at), given.biller))


@dataclass(frozen=True, slots=True)
class _Looks:
    """At one place; another that hangs holds up nothing here."""

    watch: Watch
    hours: Hours
    person: str | None
    as_json: bool

    def once(self) -> list[Taken]:
        taken = self._look()
        self.watch.going.rest(self.watch.settled)
        return taken + self._look()

    def until_stopped(self, every: float, ended: "SimpleQueue[Exception]") -> None:
        try:
            while not self.watch.going.stopped.is_set():
                try:
                    self._look()
                except (UnreachableError, NotNowError) as error:  # it is asked again at the next look
                    say(error.message, style="yellow")
                self.watch.going.rest(every)
        except Exception as error:  # noqa: BLE001 - it ends the command, and is told there
            ended.put(error)

    def _look(self) -> list[Taken]:
        if self.hours.are_now(datetime.now().astimezone().time()):
            return []
        found = self.watch.look(lambda: find_system(self.person).client(), _quietly)
        for one in found:
            if not self.as_json:
                say(one.words, style=None if one.is_taken else "yellow")
        return found


def _go_on(looks: list[_Looks], every: float, stopped: Event, heartbeat: Path | None) -> None:
    """Until somebody stops it; files that are being worked on then are taken again at the next start."""
    ended: SimpleQueue[Exception] = SimpleQueue()
    threads = [Thread(target=one.until_stopped, args=(every, ended), daemon=True) for one in looks]
    try:
        with stopping(stopped):
            for thread in threads:
                thread.start()
            while True:
                if heartbeat is not None and all(one.watch.going.is_alive for one in looks):
                    _beat(heartbeat)
                if (error := _next(ended)) is not None:
                    raise error
    except StoppedError:
        say("The intake stops")
    finally:
        for thread in threads:
            thread.join()


def _next(ended: "SimpleQueue[Exception]") -> Exception | None:
    try:
        return ended.get(timeout=_BEAT_SECONDS)
    except Empty:
        return None


def _beat(file: Path) -> None:
    try:
        file.touch()
    except OSError as error:
        raise CommandError(f"{file} can't be written: {error.strerror}", remedy="Name a file in a folder") from None


def _end(taken: list[Taken], watches: list[Watch], *, as_json: bool) -> None:
    troubles = {where: error for watch in watches for where, error in watch.troubles.items()}
    if as_json:
        files = [{"place": one.place, "biller": one.folder, "file": one.name, **one.told} for one in taken]
        show_json([*files, *({"place": where, **error.told} for where, error in troubles.items())])
    if not all(one.is_taken for one in taken):
        raise typer.Exit(ExitCode.REFUSED)
    is_left = troubles or any(watch.leaves() for watch in watches)
    raise typer.Exit(ExitCode.UNREACHABLE if is_left else ExitCode.DONE)
