"""Undo an import: look at what is taken back and what is left alone, then start it and follow it."""

from functools import partial
from uuid import UUID

from rich.console import Console
from rich.prompt import Confirm

from cli.bodies import Check, Decision, Status
from cli.client import Client
from cli.errors import HeldError
from cli.output import can_ask
from cli.run import follow
from cli.tables import rows_table

_SHOWN = 10


def undo_import(
    client: Client, console: Console, import_id: UUID, request_id: UUID, patience: float, *, agreed: bool
) -> Status:
    """Ask for the undo and follow it to the end; ``agreed``: it is started without asking.

    Raises CommandError where the import cannot be undone, or nobody confirms.
    """
    undo_id = client.undo(str(import_id), request_id)
    console.print(f"Undo {undo_id} of import {import_id}", soft_wrap=True)
    status = follow(client, console, undo_id, patience, partial(_confirm, agreed=agreed))
    if status["counts"].get("held"):
        console.print(rows_table(client.rows(undo_id, outcome="held", limit=_SHOWN)["items"]))
    return status


def _confirm(console: Console, check: Check, *, agreed: bool) -> dict[str, Decision]:
    planned = check.get("planned") or {}
    console.print(
        f"{planned.get('applied', 0):,} of {planned.get('read', 0):,} rows will be undone, "
        f"{planned.get('held', 0):,} are left alone",
        highlight=False,
    )
    if check["undecided"]:
        console.print("A second person must approve this undo after you: `customer-import approve`")
    if agreed:
        return {}
    if not can_ask():
        raise HeldError("The undo waits for you to confirm it", remedy="Start it with --yes, or in a terminal")
    if not Confirm.ask("Undo these rows?", console=console, default=False):
        raise HeldError("Not confirmed; the undo stays on hold", remedy="Cancel it with `customer-import cancel`")
    return {}
