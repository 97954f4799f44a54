"""Undo an import: look at what is taken back and what is left alone, then start it and follow it."""

from functools import partial
from pathlib import Path
from uuid import UUID

from pydantic import ValidationError
from rich.console import Console
from rich.prompt import Confirm

from cli.bodies import Check, Decision, Status
from cli.client import Client
from cli.decisions import start_command
from cli.errors import CommandError, HeldError
from cli.output import can_ask
from cli.run import follow
from cli.tables import rows_table
from shared.contracts.lines import ChosenRows, lines_from

_SHOWN = 10
_AS_ROWS = "Name lines as in --rows 5,7-12, or a file with account numbers"


def undo_import(
    client: Client,
    console: Console,
    import_id: UUID,
    request_id: UUID,
    patience: float,
    *,
    agreed: bool,
    chosen: ChosenRows | None = None,
) -> Status:
    """Ask for the undo and follow it to the end; ``agreed``: it is started without asking.

    Raises CommandError where the import cannot be undone, or nobody confirms.
    """
    undo_id = client.undo(str(import_id), request_id, chosen.model_dump(mode="json") if chosen else None)
    of_rows = f", {chosen.words}" if chosen else ""
    console.print(f"Undo {undo_id} of import {import_id}{of_rows}", soft_wrap=True)
    return follow_undo(client, console, undo_id, patience, agreed=agreed)


def follow_undo(client: Client, console: Console, undo_id: str, patience: float, *, agreed: bool) -> Status:
    """Follow an undo to the end, and list the rows that it leaves alone; ``agreed``: it is started without asking."""
    status = follow(client, console, undo_id, patience, partial(_confirm, agreed=agreed))
    if status["counts"].get("held"):
        console.print(rows_table(client.rows(undo_id, outcome="held", limit=_SHOWN)["items"]))
    return status


def chosen_rows(rows: str | None, accounts: Path | None, code: str | None) -> ChosenRows | None:
    """The rows that the options name; None where they name none. Raises CommandError where they cannot be read."""
    if rows is None and accounts is None and code is None:
        return None
    try:
        numbers = accounts.read_text(encoding="utf-8-sig").split() if accounts else []
        return ChosenRows(lines=lines_from(rows or ""), accounts=tuple(dict.fromkeys(numbers)), code=code)
    except ValidationError:
        raise CommandError("No rows are chosen, or too many", remedy=_AS_ROWS) from None
    except UnicodeDecodeError as error:
        raise CommandError(f"{accounts} is not a text file in UTF-8") from error
    except ValueError as error:
        raise CommandError(f"“{error}” is not a line number", remedy=_AS_ROWS) from None
    except OSError as error:
        raise CommandError(f"{accounts} can't be read: {error.strerror}") from error


def _confirm(console: Console, check: Check, *, agreed: bool) -> dict[str, Decision]:
    planned = check.get("planned") or {}
    left = planned.get("held", 0)
    console.print(
        f"{planned.get('applied', 0):,} of {planned.get('read', 0):,} rows will be undone, "
        f"{left:,} {'is' if left == 1 else 'are'} left alone",
        highlight=False,
    )
    if check["undecided"]:
        console.print("A second person must approve this undo after you: `customer-import approve`")
    if agreed:
        return {}
    if not can_ask():
        raise HeldError("The undo waits for you to confirm it", remedy=f"Run `{start_command(check)} --yes`")
    if not Confirm.ask("Undo these rows?", console=console, default=False):
        raise HeldError("Not confirmed; the undo stays on hold", remedy="Cancel it with `customer-import cancel`")
    return {}
