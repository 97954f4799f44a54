"""`customer-import ops pause` and `ops resume`: hold back everything, the imports of a biller, or one import."""

from typing import Annotated
from uuid import UUID

import typer

from cli.client import call_service
from cli.errors import CommandError
from cli.output import Json, say, show_json
from cli.system import Person, System, find_system

app = typer.Typer()
Import = Annotated[UUID | None, typer.Option("--import", help="Only this import, with its rounds and undos")]
Biller = Annotated[str | None, typer.Option("--biller", help="Only the imports of this biller (name or number)")]
Everything = Annotated[bool, typer.Option("--all", help="Every import")]


@app.command("pause")
def pause(
    reason: Annotated[str, typer.Option(help="Why; everyone who sees these imports is told")],
    import_id: Import = None,
    biller: Biller = None,
    everything: Everything = False,
    person: Person = None,
    as_json: Json = False,
) -> None:
    """Start no new batch of an import, of a biller, or of any. Batches in progress finish.

    It lasts until it is resumed, however often services are restarted. Executors of the last release don't know of it.
    """
    system = find_system(person)
    scope = _scope(system, import_id, biller, everything=everything)
    body = {**scope, "reason": reason}
    call_service(system.url("notifier"), system.token, "POST", "/operations/pause", json=body)
    _told({**scope, "paused": True}, f"Paused: {_words(import_id, biller)}", as_json=as_json)


@app.command("resume")
def resume(
    import_id: Import = None,
    biller: Biller = None,
    everything: Everything = False,
    person: Person = None,
    as_json: Json = False,
) -> None:
    """Continue what was paused in the same scope. `ops show` lists what is paused."""
    system = find_system(person)
    scope = _scope(system, import_id, biller, everything=everything)
    call_service(system.url("notifier"), system.token, "POST", "/operations/resume", json=scope)
    _told({**scope, "paused": False}, f"Resumed: {_words(import_id, biller)}", as_json=as_json)


def _scope(system: System, import_id: UUID | None, biller: str | None, *, everything: bool) -> dict[str, object]:
    if [import_id is not None, biller is not None, everything].count(True) != 1:
        raise CommandError("Say what", remedy="Use one of --import, --biller and --all")
    if import_id is not None:
        return {"import_id": str(import_id)}
    if biller is None:
        return {}
    return {"biller_id": int(biller) if biller.isdecimal() else system.client().biller(biller)["id"]}


def _words(import_id: UUID | None, biller: str | None) -> str:
    return f"import {import_id}" if import_id else biller or "every import"


def _told(body: dict[str, object], words: str, *, as_json: bool) -> None:
    if as_json:
        show_json(body)
    else:
        say(words)
