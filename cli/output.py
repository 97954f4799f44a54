"""Where a command writes: results to stdout, everything else to stderr; tables for people, lines for programs."""

import json
import sys
from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.errors import CommandError

console = Console(markup=False)  # headers and file names may have brackets
notes = Console(stderr=True, markup=False)  # progress, questions, remedies
Json = Annotated[bool, typer.Option("--json", help="Print JSON")]


def show_table(table: Table) -> None:
    """A table on a terminal; piped, a line with tabs for each row, below one with the headings."""
    if console.is_terminal:
        console.print(table)
    else:
        for line in _lines(table):
            typer.echo(line)


def show_json(value: object) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def say(text: str, *, style: str | None = None, to: Console = notes) -> None:
    """A line for the person who waits; it never mixes with a result, and no name or word of others ends it."""
    to.print(shown(text), style=style, highlight=False, soft_wrap=True)


def shown(text: str) -> str:
    """What others named or said, without what a terminal takes for a command or no text can hold.

    Line ends become spaces; escape and control characters, changes of direction, and bytes that are not UTF-8 U+FFFD.
    """
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text.replace("\n", " "))


def can_ask() -> bool:
    """Whether somebody is there: questions go to stderr, and what is typed comes from stdin."""
    return notes.is_terminal and sys.stdin.isatty()


def show_error(error: CommandError) -> None:
    """Why a command was not done; for a program that asked for JSON, as JSON."""
    if "--json" in sys.argv:
        told = {"error": error.message, "remedy": error.remedy, "exit_code": int(error.exit_code)}
        typer.echo(json.dumps(told, ensure_ascii=False), err=True)
        return
    notes.print(_lines_of(error.message), style="red", highlight=False)
    if error.remedy:
        notes.print(_lines_of(error.remedy), highlight=False)


def _lines_of(text: str) -> str:
    return "\n".join(map(shown, text.split("\n")))


def _lines(table: Table) -> Iterator[str]:
    yield "\t".join(_plain(column.header).upper() for column in table.columns)
    for cells in zip(*(column.cells for column in table.columns), strict=True):
        yield "\t".join(_plain(cell) for cell in cells)


def _plain(cell: object) -> str:
    text = cell.plain if isinstance(cell, Text) else str(cell)
    return " ".join(text.split())
