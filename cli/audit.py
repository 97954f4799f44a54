"""`customer-import audit`: who did what, when and from where, and whether that was changed since."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, TypedDict
from uuid import UUID

import typer
from rich.table import Table

from cli.client import call_service
from cli.errors import CommandError, ExitCode
from cli.output import Json, say, show_json, show_table
from cli.system import Person, System, find_system
from shared.audit import Act, Entry, Fault, Value, Verification

app = typer.Typer(
    no_args_is_help=True, help="See who did what, and verify that nobody changed it. Needs the right to audit."
)
_PAGE = 1000


class EntryBody(TypedDict):
    number: int
    at: str
    act: str
    actor: str
    source: str
    recorded_by: str
    import_id: str | None
    biller_id: int | None
    detail: dict[str, Value]
    hash: str


class _Chain(TypedDict):
    items: list[EntryBody]
    last_number: int


class _Page(TypedDict):
    items: list[EntryBody]
    next: int | None


@app.command("list")
def list_entries(
    import_id: Annotated[UUID | None, typer.Option("--import", help="Only what concerns this import")] = None,
    actor: Annotated[str | None, typer.Option(help="Only what this person did: `sub` of the token")] = None,
    act: Annotated[Act | None, typer.Option(help="Only this")] = None,
    limit: Annotated[int, typer.Option(min=1, max=_PAGE, help="Maximum number of entries")] = 100,
    person: Person = None,
    as_json: Json = False,
) -> None:
    """List who did what, when and from where, newest first."""
    system = find_system(person)
    asked = {"import_id": None if import_id is None else str(import_id), "actor": actor, "act": act and act.value}
    params: dict[str, str | int] = {name: value for name, value in asked.items() if value is not None}
    found: _Page = call_service(
        system.url("notifier"), system.token, "GET", "/audit", params={**params, "limit": limit}
    )
    if as_json:
        show_json(found["items"])
        return
    table = Table()
    for heading in ("number", "when", "who", "what", "details", "import", "from where"):
        table.add_column(heading)
    for one in found["items"]:
        details = ", ".join(f"{name} {value}" for name, value in one["detail"].items())
        who, what = one["actor"] or "system", _words(one["act"])
        table.add_row(str(one["number"]), one["at"], who, what, details, one["import_id"] or "", one["source"])
    show_table(table)


@app.command("verify")
def verify(
    expect: Annotated[
        list[str] | None,
        typer.Option(help="NUMBER:HASH of an earlier verification: a trail that was replaced or cut off is found, too"),
    ] = None,
    person: Person = None,
    as_json: Json = False,
) -> None:
    """Compute every hash again and name each entry that was changed, removed or moved.

    Keep the last line somewhere else, and give it with --expect the next time.
    """
    known = dict(_expected(text) for text in expect or ())
    verification = Verification()
    faults: list[Fault] = []
    last = 0
    for entries, said in _pieces(find_system(person)):
        faults += verification.faults(entries)
        faults += [_not_expected(one.number) for one in entries if known.get(one.number, one.hash) != one.hash]
        last = said
    faults += verification.faults_at_end(max(last, *known, 0))
    mark = f"{verification.number}:{verification.hash.hex()}"
    if as_json:
        told = [{"number": fault.number, "what": fault.what} for fault in faults]
        show_json({"entries": verification.number, "faults": told, "mark": mark})
    else:
        for fault in faults:
            say(f"{fault.number}: {fault.what}", style="red")
        say(f"{verification.number:,} entries, {len(faults):,} faults")
        typer.echo(mark)
    if faults:
        raise typer.Exit(ExitCode.REFUSED)


def _pieces(system: System) -> Iterator[tuple[list[Entry], int]]:
    after = 0
    while True:
        asked = {"after": after, "limit": _PAGE}
        found: _Chain = call_service(system.url("notifier"), system.token, "GET", "/audit/chain", params=asked)
        entries = [entry_of(one) for one in found["items"]]
        yield entries, found["last_number"]
        if len(entries) < _PAGE:
            return
        after = entries[-1].number


def entry_of(one: EntryBody) -> Entry:
    return Entry(
        number=one["number"],
        at=datetime.fromisoformat(one["at"]),
        act=one["act"],
        actor=one["actor"],
        source=one["source"],
        recorded_by=one["recorded_by"],
        import_id=None if one["import_id"] is None else UUID(one["import_id"]),
        biller_id=one["biller_id"],
        detail=one["detail"],
        hash=bytes.fromhex(one["hash"]),
    )


def _expected(text: str) -> tuple[int, bytes]:
    number, _, digits = text.partition(":")
    try:
        return int(number), bytes.fromhex(digits)
    except ValueError:
        raise CommandError(f"{text!r} is not NUMBER:HASH", remedy="Give the last line of an earlier one") from None


def _not_expected(number: int) -> Fault:
    return Fault(number, "the entry is not the one that --expect names")


def _words(act: str) -> str:
    return Act(act).words if act in set(Act) else act
