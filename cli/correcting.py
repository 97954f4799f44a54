"""Correct rows of an import that waits for a decision, before anything is applied; then it is checked again."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import UUID

import typer

from cli.bodies import Status
from cli.client import Client
from cli.errors import CommandError, ExitCode
from cli.output import Json, notes, say, show_json, show_table
from cli.retrying import cell_of, lines_of
from cli.run import checked_again, upload_file
from cli.system import Person, find_system
from cli.tables import findings_table

_MEANING: Final = re.compile(r"([a-z_]{1,40}):([^=]+)=([a-z_]{1,40})")


def correct(
    import_id: Annotated[UUID, typer.Argument(help="The import ID")],
    person: Person = None,
    download: Annotated[Path | None, typer.Option(help="Save the rows to correct to this file, and end")] = None,
    corrected: Annotated[Path | None, typer.Option(help="The downloaded rows, corrected")] = None,
    cells: Annotated[list[str] | None, typer.Option("--set", help="A corrected cell: 12:email=ann@example.com")] = None,
    leave_out: Annotated[str, typer.Option(help="Rows to skip: 5,7 or 12-15")] = "",
    bring_in: Annotated[str, typer.Option(help="Skipped rows not to skip after all")] = "",
    meanings: Annotated[
        list[str] | None, typer.Option("--meaning", help="What a word means in every row: paperless_flag:maybe=no")
    ] = None,
    patience: Annotated[float, typer.Option(help="Stop watching after this many seconds without progress")] = 300,
    as_json: Json = False,
) -> None:
    """Correct rows of an import that waits for a decision, and show the new check. Nothing is applied by that."""
    client = find_system(person).client()
    if download is not None:
        client.save_rows_to_correct(str(import_id), download)
        show_json({"import_id": import_id, "file": download}) if as_json else say(f"Rows to correct: {download}")
        return
    wanted = body_of(cells or (), leave_out, bring_in, meanings or ())
    if corrected is None and not any(wanted.values()):
        raise CommandError(
            "Nothing is corrected", remedy="Use --download, --corrected, --set, --leave-out or --meaning"
        )
    status = correct_rows(client, str(import_id), corrected, wanted, patience)
    check = client.check(str(import_id))
    if as_json:
        show_json({"import": status, "check": check})
    else:
        show_table(findings_table(check))
        planned = check.get("planned") or {}
        say(f"{planned.get('applied', 0):,} of {planned.get('read', 0):,} rows will be applied")
        say(f"Start it with `customer-import watch {import_id}`")
    if status["state"] == "rejected":
        raise typer.Exit(ExitCode.REFUSED)


def correct_rows(
    client: Client, import_id: str, corrected: Path | None, wanted: dict[str, Any], patience: float
) -> Status:
    check_no = client.check(import_id)["check_no"] or 0
    if corrected is not None:
        about = client.import_detail(import_id)
        stored = upload_file(client, notes, about["biller_id"], about["kind"], corrected, corrects=import_id)
        wanted = {**wanted, "corrected_file": stored["id"]}
    client.correct(import_id, {"check_no": check_no, **wanted})
    return checked_again(client, notes, import_id, patience, check_no)


def body_of(cells: Sequence[str], leave_out: str, bring_in: str, meanings: Sequence[str]) -> dict[str, Any]:
    """What was typed, as the API takes it. Raises CommandError for what is no cell, line or meaning."""
    values: dict[str, dict[str, str]] = {}
    for text in meanings:
        known = _MEANING.fullmatch(text)
        if known is None:
            raise CommandError(f"\u201c{text}\u201d is not a meaning", remedy="Write it as paperless_flag:maybe=no")
        values.setdefault(known[1], {})[known[2]] = known[3]
    return {
        "cells": [cell_of(one) for one in cells],
        "leave_out": lines_of(leave_out),
        "bring_in": lines_of(bring_in),
        "values": values,
    }
