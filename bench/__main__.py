"""`make bench`: every benchmark; `python -m bench NAME` runs one, with `--rows` to choose its size."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bench import check, files, history, imports, kinds, life, pages, reading, spans, undo, uploads
from bench.suggestions import figures

app = typer.Typer(pretty_exceptions_enable=False, no_args_is_help=True)
Rows = Annotated[int, typer.Option(min=1000, max=10_000_000)]


@app.command("imports")
def _imports(
    rows: Rows = 1_000_000,
    rounds: Annotated[int, typer.Option(min=1)] = 3,
    report: Annotated[Path | None, typer.Option(help="a file for the figures as JSON")] = None,
    batches: Annotated[int | None, typer.Option(min=1, help="that one executor applies at a time")] = None,
) -> None:
    """Paperless rows from upload to finished, against a script that does the same by hand; and how small ones wait."""
    imports.measure(rows, rounds, report, batches)


@app.command("kinds")
def _kinds(
    rows: Rows = 100_000,
    rounds: Annotated[int, typer.Option(min=1)] = 3,
    report: Annotated[Path | None, typer.Option(help="a file for the figures as JSON")] = None,
) -> None:
    """Autopay and registration from upload to finished, each against a script that does the same by hand."""
    kinds.measure(rows, rounds, report)


@app.command("check")
def _check(rows: Rows = 1_000_000, customers: Annotated[int | None, typer.Option(min=1)] = None) -> None:
    """Paperless rows checked, staged and planned, against parsing and copying them; with the memory it takes."""
    asyncio.run(check.measure(rows, rows if customers is None else customers))


@app.command("history")
def _history(
    rows: Rows = 50_000,
    imports: Annotated[int, typer.Option(min=1)] = 200,
    largest: Rows = 1_000_000,
    rounds: Annotated[int, typer.Option(min=1)] = 5,
) -> None:
    """The check and the run of one file with many imports before it, against an empty database."""
    asyncio.run(history.measure(rows, imports, largest, rounds))


@app.command("pages")
def _pages(rows: Rows = 1_000_000, imports: Annotated[int, typer.Option(min=10)] = 1_000) -> None:
    """Every page with many imports and one of many rows; and how soon pages see what happens."""
    asyncio.run(pages.measure(rows, imports))


@app.command("reading")
def _reading(megabytes: Annotated[int, typer.Option(min=1)] = 300) -> None:
    """A large file as a stream: the memory it takes, and the time against the csv module."""
    reading.measure(megabytes)


@app.command("files")
def _files(folder: Path) -> None:
    """Every CSV file of a folder of yours as `inspect` reads it: how many are read, and which are refused for good."""
    files.measure(folder)


@app.command("suggestions")
def _suggestions() -> None:
    """Columns and account number setups of real layouts: how many are suggested right, and what is missed or wrong."""
    figures.show()


@app.command("life")
def _life(rows: Rows = 1_000, imports: Annotated[int, typer.Option(min=10)] = 100) -> None:
    """How large the database is after many imports with a retention of a day, against a tenth of them."""
    asyncio.run(life.measure(rows, imports))


@app.command("spans")
def _spans() -> None:
    """What traces cost while they are off, call by call."""
    spans.measure()


@app.command("undo")
def _undo(rows: Rows = 1_000_000) -> None:
    """Paperless rows imported and undone again, the undo against the import."""
    asyncio.run(undo.measure(rows))


@app.command("uploads")
def _uploads(
    megabytes: Annotated[int, typer.Option(min=10)] = 100, rounds: Annotated[int, typer.Option(min=1)] = 5
) -> None:
    """A large file uploaded in parts, against the same in one request."""
    asyncio.run(uploads.measure(megabytes, rounds))


if __name__ == "__main__":
    app()
