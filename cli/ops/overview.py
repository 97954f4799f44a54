"""`customer-import ops show`: the whole running system, as the operations page shows it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TypedDict

import typer
from rich.table import Table

from cli.client import call_service
from cli.output import Json, say, show_json, show_table
from cli.system import Person, find_system
from cli.words import age

app = typer.Typer()


class _Import(TypedDict):
    import_id: str
    biller_name: str
    state_text: str
    since: str
    waits_for: str
    what_to_do: str
    workers: list[str]


class _Queue(TypedDict):
    service: str
    queue: str
    waiting: int
    since: str
    what_to_do: str


class _Work(TypedDict):
    what: str
    import_id: str


class _Instance(TypedDict):
    service: str
    name: str
    version: str
    started_at: str
    seen_at: str
    is_alive: bool
    work: list[_Work]
    problems: list[str]


class _Lag(TypedDict):
    service: str
    topic: str
    messages: int


class _Pause(TypedDict):
    import_id: str | None
    biller_name: str | None
    since: str
    paused_by: str
    reason: str


class _Broker(TypedDict):
    is_reachable: bool
    is_permitted: bool
    lag: list[_Lag]


class _Operations(TypedDict):
    imports: list[_Import]
    pauses: list[_Pause]
    queues: list[_Queue]
    instances: list[_Instance]
    silent_services: list[str]
    broker: _Broker


@app.command("show")
def show_system(person: Person = None, as_json: Json = False) -> None:
    """Show what waits, why, since when, who works on it and what to do. Needs the right to operate the system."""
    system = find_system(person)
    found: _Operations = call_service(system.url("notifier"), system.token, "GET", "/operations")
    if as_json:
        show_json(found)
        return
    for table in _tables(found):
        show_table(table)
    for service in found["silent_services"]:
        say(f"No process of {service} is alive", style="red")
    if not found["broker"]["is_reachable"]:
        say("Kafka can't be reached: messages wait in the database", style="red")
    elif not found["broker"]["is_permitted"]:
        say("Messages to read are not known: let the notifier describe topics and consumer groups", style="yellow")


def _tables(found: _Operations) -> Iterator[Table]:
    imports = _table(
        "Imports that have not ended", "import", "biller", "state", "since", "waits for", "what to do", "by"
    )
    for one in found["imports"]:
        since, workers = _ago(one["since"]), ", ".join(one["workers"])
        imports.add_row(
            one["import_id"],
            one["biller_name"],
            one["state_text"],
            since,
            one["waits_for"],
            one["what_to_do"],
            workers,
        )
    yield imports
    if found["pauses"]:
        paused = _table("Paused", "what", "since", "by", "reason")
        for pause in found["pauses"]:
            what = pause["import_id"] or pause["biller_name"] or "everything"
            paused.add_row(what, _ago(pause["since"]), pause["paused_by"], pause["reason"])
        yield paused
    queues = _table("Queues", "service", "queue", "waiting", "oldest", "what to do")
    for queue in found["queues"]:
        waiting = f"{queue['waiting']:,}"
        queues.add_row(queue["service"], queue["queue"], waiting, _ago(queue["since"]), queue["what_to_do"])
    yield queues
    processes = _table("Processes", "service", "process", "status", "version", "started", "seen", "works on")
    for process in found["instances"]:
        status = "; ".join(["alive" if process["is_alive"] else "gone", *process["problems"]])
        work = ", ".join(f"{one['what']} of {one['import_id']}" for one in process["work"])
        seen = (_ago(process["started_at"]), _ago(process["seen_at"]))
        processes.add_row(process["service"], process["name"], status, process["version"], *seen, work)
    yield processes
    lag = _table("Messages to read", "service", "topic", "messages")
    for topic in found["broker"]["lag"]:
        if topic["messages"]:
            lag.add_row(topic["service"], topic["topic"], f"{topic['messages']:,}")
    yield lag


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in headings:
        table.add_column(heading)
    return table


def _ago(moment: str) -> str:
    return age((datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds())
