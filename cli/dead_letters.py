"""`customer-import dead-letters`: messages that could not be handled, of every service."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from cli.bodies import DeadLetter, DeadLetterDetail
from cli.client import call_service
from cli.errors import UnreachableError
from cli.output import Json, say, show_json, show_table
from cli.system import Person, System, find_system
from cli.tables import dead_letter_table, dead_letters_table

app = typer.Typer(
    no_args_is_help=True, help="List messages that could not be handled; handle them again or discard them."
)
_PAGE = 500
Service = Annotated[str, typer.Argument(help="The service that could not handle it")]
LetterId = Annotated[int, typer.Argument(help="Its ID in the list")]


class State(StrEnum):
    OPEN = "open"
    HANDLED = "handled"
    DISCARDED = "discarded"
    ALL = "all"


@app.command("list")
def list_dead_letters(
    state: Annotated[State, typer.Option(help="Only those in this state")] = State.OPEN,
    service: Annotated[str | None, typer.Option(help="Only those of this service")] = None,
    topic: Annotated[str | None, typer.Option(help="Only those of this topic")] = None,
    person: Person = None,
    as_json: Json = False,
) -> None:
    """List messages that could not be handled, for every service, newest first."""
    system = find_system(person)
    asked = {"topic": topic, "state": None if state is State.ALL else state.value}
    params = {name: value for name, value in asked.items() if value is not None}
    letters: list[tuple[str, DeadLetter]] = []
    silent: list[str] = []
    for name, url in ({service: system.url(service)} if service else system.services).items():
        try:
            letters += [(name, letter) for letter in _letters(system, name, url, params)]
        except UnreachableError:
            silent.append(name)
    if as_json:
        show_json([{"service": name, **letter} for name, letter in letters])
    else:
        show_table(dead_letters_table(letters))
    if silent:
        raise UnreachableError(f"Not all are listed: {', '.join(silent)} can't be reached")
    if not service and (unset := system.unset()):
        remedy = f"Set {' and '.join(unset.values())}, or CUSTOMER_IMPORT_URL if all services have one address"
        raise UnreachableError(
            f"Not all are listed: nobody said where {' and '.join(unset)} can be reached", remedy=remedy
        )


@app.command("show")
def show_dead_letter(service: Service, letter_id: LetterId, person: Person = None, as_json: Json = False) -> None:
    """Show the reason, the type of event, the IDs and the headers of a message, but none of its values."""
    found: DeadLetterDetail = _call(find_system(person), service, "GET", f"/dead-letters/{letter_id}")
    if as_json:
        show_json(found)
    else:
        show_table(dead_letter_table(found))


@app.command("send")
def send_dead_letter(service: Service, letter_id: LetterId, person: Person = None, as_json: Json = False) -> None:
    """Handle a message again, on behalf of the person who sends it."""
    _call(find_system(person), service, "POST", f"/dead-letters/{letter_id}/send")
    if as_json:
        show_json({"service": service, "id": letter_id, "sent": True})
    else:
        say(f"Message {letter_id} of {service} was handled")


@app.command("discard")
def discard_dead_letter(
    service: Service,
    letter_id: LetterId,
    reason: Annotated[str, typer.Option(help="Why nobody needs it; it is kept with the message")],
    person: Person = None,
    as_json: Json = False,
) -> None:
    """Discard a message that nobody needs. Who discarded it, when and why is kept with it."""
    body = {"reason": reason}
    _call(find_system(person), service, "POST", f"/dead-letters/{letter_id}/discard", body)
    if as_json:
        show_json({"service": service, "id": letter_id, "discarded": True})
    else:
        say(f"Message {letter_id} of {service} was discarded")


def _call(system: System, service: str, method: str, path: str, body: dict[str, str] | None = None) -> Any:
    return call_service(system.url(service), system.token, method, f"/{service}{path}", json=body)


def _letters(system: System, service: str, url: str, params: dict[str, str]) -> list[DeadLetter]:
    letters: list[DeadLetter] = []
    asked: dict[str, str | int] = {**params, "limit": _PAGE}
    while True:
        answer = call_service(url, system.token, "GET", f"/{service}/dead-letters", params=asked)
        letters += answer["items"]
        if answer.get("next") is None:
            return letters
        asked["before"] = answer["next"]
