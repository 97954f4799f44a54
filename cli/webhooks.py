"""`customer-import webhooks`: other systems that are told of imports."""

from typing import Annotated, Any
from uuid import UUID

import typer
from rich.table import Table

from cli.client import call_service
from cli.output import Json, say, show_json, show_table
from cli.system import Person, System, find_system

app = typer.Typer(
    no_args_is_help=True,
    help="Have events of imports sent to other systems, signed. Needs the right to manage webhooks.",
)
WebhookId = Annotated[UUID, typer.Argument(help="The webhook's ID; see `webhooks list`")]


@app.command("list")
def list_webhooks(person: Person = None, as_json: Json = False) -> None:
    """List the webhooks that you may manage."""
    items = _call(find_system(person), "GET", "")["items"]
    _show(items, ("id", "biller_name", "url", "waiting", "not_delivered", "paused"), as_json=as_json)


@app.command("add")
def add(
    url: Annotated[str, typer.Argument(help="https address that takes the requests")],
    biller: Annotated[str | None, typer.Option(help="Only imports of this biller (name or number)")] = None,
    person: Person = None,
    as_json: Json = False,
) -> None:
    """Add a webhook. Its secret is shown this once."""
    system = find_system(person)
    of_biller = None if biller is None else int(biller) if biller.isdecimal() else system.client().biller(biller)["id"]
    _show_secret(_call(system, "POST", "", {"url": url, "biller_id": of_biller}), as_json=as_json)


@app.command("rotate")
def rotate(webhook_id: WebhookId, person: Person = None, as_json: Json = False) -> None:
    """Make a new secret, shown this once. Requests carry signatures of both for 24 hours."""
    _show_secret(_call(find_system(person), "POST", f"/{webhook_id}/rotate"), as_json=as_json)


@app.command("take-over")
def take_over(webhook_id: WebhookId, person: Person = None, as_json: Json = False) -> None:
    """Become responsible for a webhook, such as one that is paused because nobody is who may manage it."""
    _call(find_system(person), "POST", f"/{webhook_id}/take-over")
    _told({"taken_over": str(webhook_id)}, "Taken over", as_json=as_json)


@app.command("remove")
def remove(webhook_id: WebhookId, person: Person = None, as_json: Json = False) -> None:
    """Send nothing more to a webhook."""
    _call(find_system(person), "DELETE", f"/{webhook_id}")
    _told({"removed": str(webhook_id)}, "Removed", as_json=as_json)


@app.command("ping")
def ping(webhook_id: WebhookId, person: Person = None, as_json: Json = False) -> None:
    """Send an event that tells nothing; `deliveries` shows whether it was taken."""
    sent = _call(find_system(person), "POST", f"/{webhook_id}/ping")
    _told(sent, f"Sent as {sent['delivery_id']}", as_json=as_json)


@app.command("deliveries")
def list_deliveries(webhook_id: WebhookId, person: Person = None, as_json: Json = False) -> None:
    """List the newest events sent to a webhook, and how far each is."""
    items = _call(find_system(person), "GET", f"/{webhook_id}/deliveries")["items"]
    _show(items, ("id", "type", "import_id", "state", "attempts", "last_problem"), as_json=as_json)


@app.command("replay")
def replay(
    webhook_id: WebhookId,
    delivery: Annotated[UUID | None, typer.Option(help="Only this event; see `deliveries`")] = None,
    person: Person = None,
    as_json: Json = False,
) -> None:
    """Send an event again, or all that were not delivered."""
    body = {"delivery_id": None if delivery is None else str(delivery)}
    done = _call(find_system(person), "POST", f"/{webhook_id}/replay", body)
    _told(done, f"Sent again: {done['deliveries']}", as_json=as_json)


def _call(system: System, method: str, path: str, body: object = None) -> Any:
    return call_service(system.url("notifier"), system.token, method, f"/webhooks{path}", json=body)


def _show_secret(made: dict[str, str], *, as_json: bool) -> None:
    _told(made, f"Webhook {made['id']}\nSecret, shown this once: {made['secret']}", as_json=as_json)


def _told(body: object, words: str, *, as_json: bool) -> None:
    if as_json:
        show_json(body)
    else:
        say(words)


def _show(items: list[dict[str, object]], columns: tuple[str, ...], *, as_json: bool) -> None:
    if as_json:
        show_json(items)
        return
    table = Table()
    for column in columns:
        table.add_column(column.replace("_", " "))
    for one in items:
        table.add_row(*("" if one[column] is None else str(one[column]) for column in columns))
    show_table(table)
