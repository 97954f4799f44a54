"""What differs between the file of an import and that of the earlier one that is most like it."""

from typing import Annotated, Final, Literal
from uuid import UUID

import typer
from rich.table import Table
from rich.text import Text

from cli.bodies import DifferencePage
from cli.output import Json, say, show_json, show_table
from cli.system import Person, find_system

_WORDS: Final = {"changed": "Changed rows", "new": "New rows", "gone": "Rows no longer there"}


def differs(
    import_id: Annotated[UUID, typer.Argument(help="The import ID")],
    person: Person = None,
    which: Annotated[Literal["changed", "new", "gone"], typer.Option(help="The rows to list")] = "changed",
    against: Annotated[UUID | None, typer.Option(help="The import to compare with, instead of the most alike")] = None,
    after: Annotated[int, typer.Option(min=0, help="Skip so many of these rows")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=100, help="List so many rows at most")] = 20,
    as_json: Json = False,
) -> None:
    """Show which rows are new, changed or gone since the earlier import whose rows are most like these."""
    page = (
        find_system(person)
        .client()
        .differences(str(import_id), which=which, against=str(against) if against else None, after=after, limit=limit)
    )
    if as_json:
        show_json(page)
        return
    earlier = page["against"]
    say(f"Compared with {earlier['file_name']}, import {earlier['id']}")
    rows = f"{page['same']:,} the same + {page['changed']:,} changed"
    say(f"This file: {page['rows']:,} rows = {rows} + {page['new']:,} new")
    say(f"Earlier file: {page['rows_before']:,} rows = {rows} + {page['gone']:,} no longer there")
    if page["items"]:
        show_table(_table(page, which))
    if page["next"] is not None:
        say(f"More rows: --after {page['next']}")


def _table(page: DifferencePage, which: str) -> Table:
    table = Table(title=_WORDS[which], title_justify="left", min_width=44)
    for heading in ("line", "earlier line", "account number", "cells"):
        table.add_column(heading, justify="right" if "line" in heading else "left")
    for row in page["items"]:
        cells = [_cell(cell["column"], cell["before"], cell["after"], which) for cell in row["cells"]]
        lines = [str(line or "") for line in (row["line"], row["line_before"])]
        table.add_row(*lines, Text(row["account_number"]), Text("\n".join(cells)))
    return table


def _cell(column: str, before: str | None, after: str | None, which: str) -> str:
    if which == "changed":
        return f"{column}: {before or '(empty)'} → {after or '(empty)'}"
    return f"{column}: {after or before}"
