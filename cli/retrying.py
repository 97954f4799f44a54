"""Fix and retry: rows of an import that were not applied, corrected and checked again as a round of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from rich.console import Console
from rich.prompt import Confirm

from cli.bodies import Check, Decision, Status
from cli.client import Client
from cli.decisions import decided_beside, named_decisions, open_codes, start_command
from cli.errors import CommandError, HeldError
from cli.output import can_ask
from cli.run import follow, upload_file

_CELL: Final = re.compile(r"([1-9][0-9]{0,8}):([^=]+)=(.*)", re.DOTALL)
_STRETCH: Final = re.compile(r"([1-9][0-9]{0,8})(?:-([1-9][0-9]{0,8}))?")
_MOST_LINES: Final = 10_000


@dataclass(frozen=True)
class Wanted:
    """Which rows are tried again, as it was typed."""

    corrected: Path | None = None
    cells: Sequence[str] = ()
    lines: str = ""
    leave_out: str = ""
    outcomes: Sequence[str] = ()
    codes: Sequence[str] = field(default=())
    decided: Sequence[str] = ()

    def body(self) -> dict[str, Any]:
        return {
            "cells": [cell_of(one) for one in self.cells],
            "lines": lines_of(self.lines),
            "leave_out": lines_of(self.leave_out),
            "outcomes": list(self.outcomes),
            "codes": list(self.codes),
        }


def retry_rows(
    client: Client,
    console: Console,
    import_id: UUID,
    wanted: Wanted,
    request_id: UUID,
    patience: float,
    *,
    agreed: bool,
) -> Status:
    """Start a round and follow it to the end; ``agreed``: it is started without asking where nothing is to be decided.

    Raises CommandError where these rows cannot be tried again, or nobody confirms.
    """
    body, named = wanted.body(), named_decisions(wanted.decided)
    if wanted.corrected is not None:
        about = client.import_detail(str(import_id))
        first = str(about.get("retries") or import_id)
        stored = upload_file(client, console, about["biller_id"], about["kind"], wanted.corrected, corrects=first)
        body["corrected_file"] = stored["id"]
    accepted = client.start_round(str(import_id), body, request_id)
    round_id = str(accepted["round_import_id"])
    console.print(f"Round {accepted['round']} of import {accepted['import_id']}: {round_id}", soft_wrap=True)
    return follow(client, console, round_id, patience, partial(confirm_round, named=named, agreed=agreed))


def confirm_round(
    console: Console, check: Check, *, named: Mapping[str, Decision], agreed: bool
) -> dict[str, Decision]:
    planned = check.get("planned") or {}
    applied, read = planned.get("applied", 0), planned.get("read", 0)
    console.print(f"{applied:,} of {read:,} rows will be applied", highlight=False)
    decided = decided_beside(named, console, check)
    if agreed or open_codes(check):  # who is asked for decisions is asked whether it starts, too
        return decided
    if not can_ask():
        raise HeldError(
            "The round waits for you to confirm it", remedy=f"Run `{start_command(check, named=named)} --yes`"
        )
    if not Confirm.ask("Apply these rows?", console=console, default=False):
        raise HeldError("Not confirmed; the round stays on hold", remedy="Cancel it with `customer-import cancel`")
    return decided


def cell_of(text: str) -> dict[str, Any]:
    known = _CELL.fullmatch(text)
    if known is None:
        raise CommandError(f"“{text}” is not a corrected cell", remedy="Write it as 12:email=ann@example.com")
    return {"line": int(known[1]), "column": known[2].strip(), "value": known[3]}


def lines_of(text: str) -> list[int]:
    """Lines as people write them: 5,7 or 12-15."""
    found: set[int] = set()
    for word in text.replace(",", " ").split():
        stretch = _STRETCH.fullmatch(word)
        start, end = (int(stretch[1]), int(stretch[2] or stretch[1])) if stretch else (1, 0)
        if not start <= end < start + _MOST_LINES:
            raise CommandError(f"“{word}” is not a line number", remedy="Write lines as 5,7 or 12-15")
        found.update(range(start, end + 1))
    return sorted(found)
