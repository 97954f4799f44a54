"""The two interfaces the command line speaks to: mapping (ask for things) and status (see them)."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import httpx

from cli.bodies import (
    Biller,
    Check,
    Decided,
    Decision,
    Drift,
    ImportDetail,
    PlanPage,
    Recipe,
    RecipeDetail,
    RoundAccepted,
    RowPage,
    Status,
    StatusPage,
    StoredFile,
)
from cli.errors import CommandError
from cli.transport import ToldTransport, told
from customer_import_client import Operations, Outgoing, Progress, Refused, Transport, models, upload


class Client:
    """Speaks for one person to one system."""

    def __init__(self, mapping_url: str, status_url: str, token: str) -> None:
        self._address = mapping_url
        self._plain = Operations(Transport(mapping_url, token))
        self._mapping = Operations(ToldTransport(mapping_url, token))
        self._status = Operations(ToldTransport(status_url, token))

    def biller(self, name_or_id: str | int) -> Biller:
        """The biller with its invoice types; CommandError where there is none, or more than one, of that name."""
        billers = self._mapping.list_billers()["items"]
        wanted = str(name_or_id).casefold()
        found = [b for b in billers if str(b["id"]) == wanted or b["name"].casefold() == wanted]
        if len(found) != 1:
            known = ", ".join(b["name"] for b in billers) or "none"
            raise CommandError(
                f"You have no access to a biller named {name_or_id!r}", remedy=f"You can import for: {known}"
            )
        return self._mapping.show_biller(found[0]["id"])

    def upload(
        self, biller_id: int, file: Outgoing, sent: Iterator[bytes], heard: Callable[[Progress], None] = lambda _: None
    ) -> StoredFile:
        """Send a file to the Secure Upload; a large one goes on where it broke off. Also raises FileChanged."""
        with told(self._address):
            return upload(self._plain, biller_id, file, sent, heard)

    def recipient(self, biller_id: int, email: str) -> str:
        """The id of an address in the biller's address book, entered there if it is new."""
        return self._mapping.add_recipient(biller_id, {"email": email})["id"]

    def recipes(self, biller_id: int, kind: str | None = None) -> list[Recipe]:
        return self._mapping.list_recipes(biller_id, kind=cast("models.ImportKind | None", kind))["items"]

    def recipe(self, biller_id: int, recipe_id: str) -> RecipeDetail:
        return self._mapping.show_recipe(biller_id, recipe_id)

    def drift(self, biller_id: int, recipe_id: str, version: int, file_id: str) -> Drift:
        return self._mapping.show_drift(biller_id, recipe_id, file_id=file_id, version=version)

    def define(self, definition: Mapping[str, object], request_id: UUID) -> str:
        """Ask for the import; the same request id gives the same import. Returns its id."""
        body = cast("models.ImportDefinition", definition)  # as a person wrote it: the service says what is wrong
        return self._mapping.define_import(body, idempotency_key=str(request_id))["import_id"]

    def check(self, import_id: str) -> Check:
        return self._mapping.show_check(import_id)

    def confirm(
        self,
        import_id: str,
        check: Check,
        decisions: Mapping[str, Decision],
        canary: Mapping[str, object] | None = None,
    ) -> Decided:
        """Confirm an import with its decisions, having seen this check; refused where somebody decided since.

        ``canary``: the rows to start with; None: all.
        """
        seen = _seen(check)
        body: models.Confirmation = {
            "check_no": seen["check_no"],
            "answers_seen": seen["answers_seen"],
            "decisions": dict(decisions),
        }
        if canary is not None:
            body["canary"] = cast("models.Canary", canary)
        return self._mapping.confirm_import(import_id, body)

    def approve(self, import_id: str, check: Check) -> Decided:
        return self._mapping.approve_import(import_id, _seen(check))

    def cancel(self, import_id: str) -> models.CancelledBody:
        """Cancel: no further chunk is begun; `cancelling` while those in hand may end."""
        return self._mapping.cancel_import(import_id)

    def undo(self, import_id: str, request_id: UUID, rows: Mapping[str, object] | None = None) -> str:
        """Ask for the undo of an import or of chosen rows; the same request id gives the same undo. Returns its id."""
        body: models.UndoRequest = {"rows": cast("models.ChosenRows | None", rows)}
        return self._mapping.undo_import(import_id, body, idempotency_key=str(request_id))["import_id"]

    def go_on(self, import_id: str) -> None:
        """Have the other rows of an import applied that is paused after its first ones."""
        self._mapping.continue_import(import_id)

    def import_detail(self, import_id: str) -> ImportDetail:
        return self._mapping.show_definition(import_id)

    def correct(self, import_id: str, body: Mapping[str, object]) -> None:
        self._mapping.correct(import_id, cast("models.NewCorrections", body))

    def corrections(self, import_id: str, limit: int = 50) -> models.CorrectionPage:
        """The first corrected cells, by line, of the import before it ran and of its rounds."""
        return self._status.list_corrections(import_id, limit=limit)

    def save_rows_to_correct(self, import_id: str, target: Path) -> None:
        _save(self._mapping.rows_to_correct(import_id), target)

    def start_round(self, import_id: str, body: Mapping[str, object], request_id: UUID) -> RoundAccepted:
        """Try rows of an import again; the same request id gives the same round."""
        wanted = cast("models.NewRound", body)
        return self._mapping.start_round(import_id, wanted, idempotency_key=str(request_id))

    def resume(self, import_id: str) -> None:
        self._mapping.resume_import(import_id)

    def status(self, import_id: str) -> Status | None:
        """The status view, or None while the notifier has not heard of the import."""
        try:
            return self._status.show_import(import_id)
        except CommandError as error:
            if isinstance(error.__cause__, Refused) and error.__cause__.status == httpx.codes.NOT_FOUND:
                return None
            raise

    def imports(self, **filters: Any) -> StatusPage:
        return self._status.list_imports(**filters)

    def rows(self, import_id: str, **filters: Any) -> RowPage:
        return self._status.list_rows(import_id, **filters)

    def plan(self, import_id: str, **filters: Any) -> PlanPage:
        return self._mapping.show_plan(import_id, **filters)

    def differences(self, import_id: str, **filters: Any) -> models.DifferencePage:
        return self._mapping.show_differences(import_id, **filters)

    def stop_and_undo(self, import_id: str, request_id: UUID) -> str:
        """Cancel an import and ask for the undo of what it applied; returns the id of the undo."""
        return self._mapping.stop_and_undo(import_id, idempotency_key=str(request_id))["import_id"]

    def save_log(self, import_id: str, which: str, target: Path) -> None:
        _save(self._status.download_log(import_id, which=cast("models.Which", which)), target)


def call_service(
    url: str,
    token: str,
    method: str,
    path: str,
    *,
    params: Mapping[str, str | int] | None = None,
    json: object = None,
) -> Any:
    """One call to any service's own interface, such as its dead letters."""
    answer = ToldTransport(url, token).call(method, f"/api/v1{path}", params=params or {}, json=json)
    return {} if answer is None else answer


def _seen(check: Check) -> models.Approval:
    """What somebody who decides has seen: a check that has ended has a number."""
    return {"check_no": check["check_no"] or 0, "answers_seen": check["answers"]}


def _save(download: AbstractContextManager[Iterator[bytes]], target: Path) -> None:
    with download as pieces:
        try:
            with target.open("wb") as file:
                file.writelines(pieces)
        except OSError as error:
            raise CommandError(f"{target} can't be written: {error.strerror}") from error
