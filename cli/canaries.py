"""Start an import with a few rows: which ones, what became of them, and whether the rest follows."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import cast

from pydantic import ValidationError
from rich.console import Console
from rich.prompt import Prompt

from cli.bodies import Check, Decision, Definition, Status
from cli.client import Client
from cli.decisions import ask_decisions, decided_beside
from cli.errors import CommandError, HeldError
from cli.output import can_ask
from cli.tables import plan_table
from shared.contracts.canary import Canary
from shared.contracts.lines import lines_from

Ask = Callable[[Console, Check], dict[str, Decision]]
_SHOWN = 20
_CONTINUE, _STOP, _WAIT = "continue", "stop", "wait"


def canary_of(first: int | None, random: int | None, lines: str | None) -> Canary | None:
    """The rows that the options name; None where they name none. Raises CommandError where they cannot be read."""
    if first is None and random is None and lines is None:
        return None
    try:
        return Canary(first=first, random=random, lines=lines_from(lines or ""))
    except ValidationError:
        raise CommandError(
            "Start with one of: the first rows, random rows, or up to 100 ranges of lines",
            remedy="Name one of them, and at least one row",
        ) from None
    except ValueError as error:
        raise CommandError(f"“{error}” is not a line number", remedy="Name lines as in 5,7-12") from None


def held_first(content: Definition) -> tuple[Definition, Mapping[str, Decision] | None]:
    """A definition that waits for the confirmation with which a canary begins, and the decisions that it names.

    None where a person is to confirm.
    """
    named = content.get("decide")
    decided = cast("Mapping[str, Decision]", named) if isinstance(named, Mapping) else None
    return {**content, "decide": "ask"}, decided


def asking_beside(named: Mapping[str, Decision] | None, canary: Canary | None = None) -> Ask:
    """Ask for what is not decided; where what was ``named`` decides everything nobody is asked.

    None: a person is to confirm, whatever there is to decide.
    """
    return partial(ask_decisions, canary=canary) if named is None else partial(decided_beside, named, canary=canary)


def _read(client: Client, status: Status, shown: int) -> int:
    """How many rows have results so far. Numbers may come a moment after the state; the plan tells a few by itself."""
    if shown < _SHOWN:
        return shown
    latest = client.status(status["import_id"]) or status
    return max(latest["counts"]["read"], shown)


def review_first_rows(client: Client, console: Console, status: Status) -> None:
    """Show what became of the first rows and ask what to do. Raises HeldError where nobody decides."""
    import_id = status["import_id"]
    rows = [row for row in client.plan(import_id, limit=_SHOWN, with_result="true")["items"] if row.get("result")]
    console.print(plan_table(rows))
    read = _read(client, status, len(rows))
    words = "row has its result so far" if read == 1 else "rows have their results so far"
    console.print(f"{read:,} {words}; the others wait", highlight=False)
    answer = (
        Prompt.ask("Continue the import?", console=console, choices=[_CONTINUE, _STOP, _WAIT], default=_WAIT)
        if can_ask()
        else _WAIT
    )
    if answer == _CONTINUE:
        client.go_on(import_id)
    elif answer == _STOP:
        client.cancel(import_id)
    else:
        raise HeldError(
            "The import is paused for review of its first rows",
            remedy=f"Run `customer-import continue {import_id}`, or stop it with `customer-import cancel {import_id}`"
            " (--undo takes the first rows back)",
        )
