"""Run one import from a CSV and a definition file, with live progress and a final table."""

import os
import time
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast
from uuid import NAMESPACE_URL, UUID, uuid5

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from cli.bodies import Biller, Definition, Status, StoredFile
from cli.canaries import Ask, review_first_rows
from cli.client import Client
from cli.decisions import approve_command, ask_decisions
from cli.errors import CommandError, ExitCode, HeldError, UnfinishedError, UnreachableError
from cli.recipes import confirm_drift, with_recipe
from cli.standing import Obstacle, obstacle
from cli.tables import findings_table
from customer_import_client import FileChanged, FileDamaged, Outgoing, models
from customer_import_client import Progress as UploadProgress
from customer_import_client.uploading import PART_BYTES
from shared.contracts.canary import Canary

_PIECE = 1 << 20  # bytes
_POLL_SECONDS = 0.25
_TAKEN = ("kind", "columns", "values", "account_number", "invoice_types", "options", "decide", "recipe")
_IN_REVIEW = "in_review"
_ENDED = {"completed", "completed_with_errors", "failed", "cancelled", "rejected"}


def run_import(
    client: Client,
    console: Console,
    content: Definition,
    file: Path,
    request_id: UUID,
    patience: float,
    *,
    recipe: str | None = None,
    accepts_drift: bool = False,
) -> Status:
    """Upload, define, follow to the end; returns the final status view. What is said on the way goes to ``console``.

    Raises CommandError when the import is refused, or waits for a decision nobody is there to take.
    """
    import_id = start_import(client, console, content, file, request_id, recipe=recipe, accepts_drift=accepts_drift)
    return follow(client, console, import_id, patience)


def start_import(
    client: Client,
    console: Console,
    content: Definition,
    file: Path,
    request_id: UUID,
    *,
    recipe: str | None = None,
    accepts_drift: bool = False,
) -> str:
    biller = client.biller(content["biller"])
    if recipe is not None:
        content = with_recipe(client, biller, content, recipe)
    reference = upload_file(client, console, biller["id"], content["kind"], file, request_id)
    if recipe is not None:
        confirm_drift(client, console, biller["id"], content, reference["id"], accepted=accepts_drift)
    definition = definition_of(client, biller, content, reference)
    import_id = client.define(definition, request_id)
    console.print(f"Import {import_id} of {file.name} for {biller['name']}", soft_wrap=True)
    return import_id


def exit_code(status: Status) -> ExitCode:
    match status["state"]:
        case "completed":
            return ExitCode.DONE
        case "completed_with_errors":
            return ExitCode.ROWS_FAILED
        case _:
            return ExitCode.REFUSED


def follow(
    client: Client,
    console: Console,
    import_id: str,
    patience: float,
    ask: Ask = ask_decisions,
    canary: Canary | None = None,
) -> Status:
    """Watch an import until it has ended, asking for decisions if a person is at the terminal.

    ``canary``: it starts with these rows, and waits for somebody to look at them.
    """
    decided_check = 0
    start_with = None if canary is None else canary.model_dump(mode="json")
    while True:
        status = _watch(client, console, import_id, patience, decided_check)
        if status["state"] in _ENDED:
            return status
        if status["state"] == _IN_REVIEW:
            review_first_rows(client, console, status)
            continue
        check = client.check(import_id)
        console.print(findings_table(check))
        is_asked = bool(check.get("second_person_needed"))  # this check was made with what was decided before
        if is_asked or client.confirm(import_id, check, ask(console, check), start_with).get("second_person_needed"):
            console.print(
                f"A second person must now run `{approve_command(import_id, check['check_no'])}`", soft_wrap=True
            )
        decided_check = check["check_no"] or 0


def upload_file(
    client: Client,
    console: Console,
    biller_id: int,
    kind: str,
    file: Path,
    request_id: UUID | None = None,
    corrects: str | None = None,
) -> StoredFile:
    try:
        return _upload_file(client, console, biller_id, kind, file, request_id, corrects)
    except FileChanged:  # what was uploaded before is another file by now, and removed
        return _upload_file(client, console, biller_id, kind, file, request_id, corrects)


def _upload_file(
    client: Client,
    console: Console,
    biller_id: int,
    kind: str,
    file: Path,
    request_id: UUID | None,
    corrects: str | None,
) -> StoredFile:
    try:
        stream = file.open("rb")
    except OSError as error:
        raise CommandError(f"{file} can't be read: {error.strerror}") from error
    with stream:
        status = os.fstat(stream.fileno())
        same = uuid5(
            NAMESPACE_URL, f"{biller_id}:{kind}:{corrects}:{file.resolve()}:{status.st_size}:{status.st_mtime_ns}"
        )
        key = same if status.st_size > PART_BYTES else request_id
        pieces = _pieces(stream)
        return upload_pieces(client, console, biller_id, kind, file.name, status.st_size, pieces, key, corrects)


def upload_pieces(
    client: Client,
    console: Console,
    biller_id: int,
    kind: str,
    name: str,
    size: int,
    given: Iterator[bytes],
    key: UUID | None = None,
    corrects: str | None = None,
) -> StoredFile:
    """What comes, from wherever it is; ``size`` is of all of it. With the same key it is the same file, and goes on."""
    outgoing = Outgoing(
        name, size, None if key is None else str(key), cast("models.ImportKind", kind), corrects or None
    )
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("Uploading", total=size)
        pieces = _measured(given, progress, task)
        try:
            answer = client.upload(biller_id, outgoing, pieces, partial(_tell_lost, console))
        except UnreachableError as error:
            if size > PART_BYTES:
                error.remedy = f"Run the command again: it continues where it stopped. {error.remedy}"
            raise
        except FileDamaged:
            raise CommandError("The file was damaged during the upload", remedy="Run the command again") from None
    return {"id": answer["id"], "sha256": answer["sha256"], "size": answer["size"]}


def _tell_lost(console: Console, progress: UploadProgress) -> None:
    if progress.is_lost:
        words = f"Connection lost. Continuing at {_megabytes(progress.offset)} of {_megabytes(progress.size)} MB"
        console.print(words, highlight=False)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f}"


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(_PIECE):
        yield piece


def _measured(given: Iterator[bytes], progress: Progress, task: TaskID) -> Iterator[bytes]:
    for piece in given:
        progress.advance(task, len(piece))
        yield piece


def definition_of(client: Client, biller: Biller, content: Definition, reference: StoredFile) -> Mapping[str, object]:
    recipients = [client.recipient(biller["id"], email) for email in content.get("log_recipients") or []]
    given = {name: value for name, value in content.items() if name in _TAKEN and value is not None}
    return given | {"biller_id": biller["id"], "file": reference, "log_recipients": recipients}


def checked_again(client: Client, console: Console, import_id: str, patience: float, check_no: int) -> Status:
    """Wait until a newer check than this one has ended, and decide nothing."""
    return _watch(client, console, import_id, patience, check_no)


def _watch(client: Client, console: Console, import_id: str, patience: float, decided_check: int) -> Status:
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("Checking", total=None)
        last_change, last_seen, told = time.monotonic(), None, None
        while True:
            status = _status(client, import_id)
            if status and (status["state"] in {*_ENDED, _IN_REVIEW} or _held(status, decided_check)):
                return status
            if status:
                told = _tell(console, obstacle(status), told)
                _advance(progress, task, status)
                now = {**status, "waiting_parts": None}  # to be tried again is no progress
                if now != last_seen:
                    last_change, last_seen = time.monotonic(), now
            if time.monotonic() - last_change > patience:
                if status and status["state"] == "held":
                    raise HeldError(
                        "The import waits for a second person", remedy=f"See `customer-import show {import_id}`"
                    )
                raise UnfinishedError(
                    f"No progress for {patience:.0f} s. The import is still running",
                    remedy=f"Follow it with `customer-import watch {import_id}`",
                )
            time.sleep(_POLL_SECONDS)


def _status(client: Client, import_id: str) -> Status | None:
    try:
        return client.status(import_id)
    except UnreachableError:
        return None  # a service that restarts is no reason to stop watching; patience is the limit


def _tell(console: Console, now: Obstacle | None, told: Obstacle | None) -> Obstacle | None:
    """Say what stands in the way, once; where nobody but an operator can clear it, watching ends."""
    if now and now.needs_operator:
        raise HeldError(now.message, remedy=now.remedy)
    if now and now != told:
        now.show(console)
    return now


def _held(status: Status, decided_check: int) -> bool:
    return bool(status["state"] == "held" and (status.get("check_no") or 0) > decided_check)


def _advance(progress: Progress, task: TaskID, status: Status) -> None:
    planned = status.get("planned")
    if status["state"] in {"approved", "running"} and planned:
        total = sum(planned[name] for name in ("applied", "no_change", "skipped", "held", "failed"))
        progress.update(task, description="Applying", total=total, completed=status["counts"]["read"])
    else:
        queue = status.get("queue")
        words = queue["text"] if queue else "Checking"
        progress.update(task, description=words, completed=status["progress"]["rows_read"])
