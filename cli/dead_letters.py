"""`customer-import dead-letters`: messages that could not be handled, of every service."""

from typing import Annotated

import typer

from cli.bodies import DeadLetter
from cli.client import call_service
from cli.errors import UnreachableError
from cli.output import Json, say, show_json, show_table
from cli.system import Person, System, find_system
from cli.tables import dead_letters_table

app = typer.Typer(no_args_is_help=True, help="List messages that could not be handled, and handle them again.")


@app.command("list")
def list_dead_letters(person: Person = None, as_json: Json = False) -> None:
    """List messages that could not be handled, for every service."""
    system = find_system(person)
    letters: list[tuple[str, DeadLetter]] = []
    silent: list[str] = []
    for service, url in system.services.items():
        try:
            letters += [(service, letter) for letter in _letters(system, url)]
        except UnreachableError:
            silent.append(service)
    if as_json:
        show_json([{"service": service, **letter} for service, letter in letters])
    else:
        show_table(dead_letters_table(letters))
    if silent:
        raise UnreachableError(f"Not all are listed: {', '.join(silent)} can't be reached")


@app.command("send")
def send_dead_letter(
    service: Annotated[str, typer.Argument(help="The service that could not handle it")],
    letter_id: Annotated[int, typer.Argument(help="Its ID in the list")],
    person: Person = None,
    as_json: Json = False,
) -> None:
    """Handle a message again, on behalf of the person who sends it."""
    system = find_system(person)
    call_service(system.url(service), system.token, "POST", f"/dead-letters/{letter_id}/send")
    if as_json:
        show_json({"service": service, "id": letter_id, "sent": True})
    else:
        say(f"Message {letter_id} of {service} was handled")


def _letters(system: System, url: str) -> list[DeadLetter]:
    answer = call_service(url, system.token, "GET", "/dead-letters")
    items: list[DeadLetter] = answer["items"]
    return items
