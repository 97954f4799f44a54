"""`customer-import ops`: what waits in a running system, since when and why."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import typer
from rich.table import Table

from cli.admin.access import connected
from cli.ops import overview, pausing
from cli.ops.queries import queues, unfinished_imports
from cli.output import Json, show_json, show_table
from cli.words import age
from shared.contracts.states import state_words
from shared.postgres import Connection

app = typer.Typer(no_args_is_help=True, help="Look after the running system: what waits, since when and why.")
app.add_typer(overview.app)
app.add_typer(pausing.app)
Rows = list[dict[str, object]]


@app.command("imports")
def list_unfinished(as_json: Json = False) -> None:
    """List the imports that have not ended, the longest without news first, with what they wait for.

    Reads IMPORT_ADMIN_DSN, so it works while the services are down.
    """
    found = asyncio.run(_asked(unfinished_imports))
    if as_json:
        show_json(found)
        return
    table = _table("import", "biller", "kind", "state", "since", "waits for", "batches")
    for one in found:
        batches = f"{one['chunks_done']} of {one['chunks']}" if one["chunks"] else ""
        state, since = state_words(str(one["state"])), age(one["seconds"])
        table.add_row(str(one["import_id"]), str(one["biller"]), str(one["kind"]), state, since, _reason(one), batches)
    show_table(table)


@app.command("queues")
def list_queues(as_json: Json = False) -> None:
    """Show what each service has still to do: messages, dead letters, batches and emails.

    Reads IMPORT_ADMIN_DSN, so it works while the services are down.
    """
    found = asyncio.run(_asked(queues))
    if as_json:
        show_json(found)
        return
    table = _table("service", "queue", "waiting", "oldest")
    for one in found:
        table.add_row(str(one["service"]), str(one["queue"]), f"{one['waiting']:,}", age(one["seconds"]))
    show_table(table)


async def _asked(query: Callable[[Connection], Awaitable[Rows]]) -> Rows:
    async with connected() as connection:
        return await query(connection)


def _reason(one: Mapping[str, object]) -> str:
    if one["waiting_reason"]:
        return f"an operator ({one['waiting_reason']}): `customer-import resume`"
    if one["paused"]:
        return f"operations: {one['paused']}"
    undecided = one["undecided"]
    return f"a decision: {', '.join(map(str, undecided))}" if isinstance(undecided, list) and undecided else ""


def _table(*headings: str) -> Table:
    table = Table()
    for heading in headings:
        table.add_column(heading, justify="right" if heading in {"waiting", "oldest", "since"} else "left")
    return table
