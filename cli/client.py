"""The two HTTP interfaces the command line speaks to: mapping (ask for things) and status (see them)."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypedDict, Unpack
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
    Problem,
    Recipe,
    RecipeDetail,
    RoundAccepted,
    RowPage,
    Status,
    StatusPage,
    StoredFile,
)
from cli.errors import CommandError, NotNowError, UnreachableError

_CHUNK = 1 << 20  # bytes of an upload sent at once
_PASSING = (502, 503, 504)  # something behind it does not answer now
_NOT_NOW = (401, 429)


class _Arguments(TypedDict, total=False):
    """What a request is made with, as httpx names it."""

    params: Mapping[str, str | int]
    json: object
    content: Iterator[bytes]
    headers: Mapping[str, str]
    timeout: float


class Client:
    """Speaks for one person to one system."""

    def __init__(self, mapping_url: str, status_url: str, token: str) -> None:
        timeout = httpx.Timeout(30.0, read=120.0)
        headers = {"Authorization": f"Bearer {token}"}
        self._mapping = httpx.Client(base_url=f"{mapping_url}/api/v1", headers=headers, timeout=timeout)
        self._status = httpx.Client(base_url=f"{status_url}/api/v1", headers=headers, timeout=timeout)

    def biller(self, name_or_id: str | int) -> Biller:
        """The biller with its invoice types; CommandError where there is none, or more than one, of that name."""
        billers: list[Biller] = self._get(self._mapping, "/billers")["items"]
        wanted = str(name_or_id).casefold()
        found = [b for b in billers if str(b["id"]) == wanted or b["name"].casefold() == wanted]
        if len(found) != 1:
            known = ", ".join(b["name"] for b in billers) or "none"
            raise CommandError(
                f"You have no access to a biller named {name_or_id!r}", remedy=f"You can import for: {known}"
            )
        biller: Biller = self._get(self._mapping, f"/billers/{found[0]['id']}")
        return biller

    def upload(
        self,
        biller_id: int,
        path: Path,
        kind: str,
        sent: Iterator[bytes],
        request_id: UUID | None = None,
        corrects: str | None = None,
    ) -> StoredFile:
        """Stream a file into the biller's Secure Upload; the same request id gives the same file.

        ``corrects``: the import whose rows it corrects; no list shows it.
        """
        stored: StoredFile = self._call(
            self._mapping,
            "POST",
            f"/billers/{biller_id}/files",
            params={"name": path.name, "kind": kind} | ({"corrects": corrects} if corrects else {}),
            content=sent,
            headers={} if request_id is None else {"Idempotency-Key": str(request_id)},
            timeout=600,
        )
        return stored

    def recipient(self, biller_id: int, email: str) -> str:
        """The id of an address in the biller's address book, entered there if it is new."""
        answer = self._call(self._mapping, "POST", f"/billers/{biller_id}/log-recipients", json={"email": email})
        return str(answer["id"])

    def recipes(self, biller_id: int, kind: str | None = None) -> list[Recipe]:
        given = {} if kind is None else {"kind": kind}
        items: list[Recipe] = self._get(self._mapping, f"/billers/{biller_id}/recipes", params=given)["items"]
        return items

    def recipe(self, biller_id: int, recipe_id: str) -> RecipeDetail:
        recipe: RecipeDetail = self._get(self._mapping, f"/billers/{biller_id}/recipes/{recipe_id}")
        return recipe

    def drift(self, biller_id: int, recipe_id: str, version: int, file_id: str) -> Drift:
        given: dict[str, str | int] = {"version": version, "file_id": file_id}
        drift: Drift = self._get(self._mapping, f"/billers/{biller_id}/recipes/{recipe_id}/drift", params=given)
        return drift

    def define(self, definition: Mapping[str, object], request_id: UUID) -> str:
        """Ask for the import; the same request id gives the same import. Returns its id."""
        answer = self._call(
            self._mapping, "POST", "/imports", json=definition, headers={"Idempotency-Key": str(request_id)}
        )
        return str(answer["import_id"])

    def check(self, import_id: str) -> Check:
        check: Check = self._get(self._mapping, f"/imports/{import_id}/check")
        return check

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
        seen = {"check_no": check["check_no"], "answers_seen": check["answers"]}
        body = {**seen, "decisions": decisions, **({} if canary is None else {"canary": canary})}
        decided: Decided = self._call(self._mapping, "POST", f"/imports/{import_id}/confirm", json=body)
        return decided

    def approve(self, import_id: str, check: Check) -> Decided:
        body = {"check_no": check["check_no"], "answers_seen": check["answers"]}
        decided: Decided = self._call(self._mapping, "POST", f"/imports/{import_id}/approve", json=body)
        return decided

    def cancel(self, import_id: str) -> Decided:
        """Cancel: no further chunk is begun; `cancelling` while those in hand may end."""
        decided: Decided = self._call(self._mapping, "POST", f"/imports/{import_id}/cancel")
        return decided

    def undo(self, import_id: str, request_id: UUID, rows: Mapping[str, object] | None = None) -> str:
        """Ask for the undo of an import or of chosen rows; the same request id gives the same undo. Returns its id."""
        headers = {"Idempotency-Key": str(request_id)}
        answer = self._call(self._mapping, "POST", f"/imports/{import_id}/undo", headers=headers, json={"rows": rows})
        return str(answer["import_id"])

    def go_on(self, import_id: str) -> None:
        """Have the other rows of an import applied that is paused after its first ones."""
        self._call(self._mapping, "POST", f"/imports/{import_id}/continue")

    def import_detail(self, import_id: str) -> ImportDetail:
        detail: ImportDetail = self._get(self._mapping, f"/definitions/{import_id}")
        return detail

    def correct(self, import_id: str, body: Mapping[str, object]) -> None:
        self._call(self._mapping, "POST", f"/imports/{import_id}/correct", json=body, timeout=600)

    def save_rows_to_correct(self, import_id: str, target: Path) -> None:
        self._save(self._mapping, f"/imports/{import_id}/rows-to-correct.csv", {}, target)

    def start_round(self, import_id: str, body: Mapping[str, object], request_id: UUID) -> RoundAccepted:
        """Try rows of an import again; the same request id gives the same round."""
        headers = {"Idempotency-Key": str(request_id)}
        accepted: RoundAccepted = self._call(
            self._mapping, "POST", f"/imports/{import_id}/rounds", json=body, headers=headers, timeout=600
        )
        return accepted

    def resume(self, import_id: str) -> None:
        self._call(self._mapping, "POST", f"/imports/{import_id}/resume")

    def status(self, import_id: str) -> Status | None:
        """The status view, or None while the notifier has not heard of the import."""
        response = self._send(self._status, "GET", f"/imports/{import_id}")
        status: Status | None = None if response.status_code == httpx.codes.NOT_FOUND else _answer(response)
        return status

    def imports(self, **filters: str | int | None) -> StatusPage:
        given = {name: value for name, value in filters.items() if value is not None}
        page: StatusPage = self._get(self._status, "/imports", params=given)
        return page

    def rows(self, import_id: str, **filters: str | int | None) -> RowPage:
        given = {name: value for name, value in filters.items() if value is not None}
        page: RowPage = self._get(self._status, f"/imports/{import_id}/rows", params=given)
        return page

    def plan(self, import_id: str, **filters: str | int) -> PlanPage:
        page: PlanPage = self._get(self._mapping, f"/imports/{import_id}/plan", params=filters)
        return page

    def stop_and_undo(self, import_id: str, request_id: UUID) -> str:
        """Cancel an import and ask for the undo of what it applied; returns the id of the undo."""
        headers = {"Idempotency-Key": str(request_id)}
        answer = self._call(self._mapping, "POST", f"/imports/{import_id}/stop-and-undo", headers=headers)
        return str(answer["import_id"])

    def save_log(self, import_id: str, which: str, target: Path) -> None:
        self._save(self._status, f"/imports/{import_id}/log.csv", {"which": which}, target)

    def _save(self, http: httpx.Client, address: str, params: Mapping[str, str], target: Path) -> None:
        try:
            with http.stream("GET", address, params=params) as response:
                if response.is_error:
                    response.read()
                    _answer(response)
                with target.open("wb") as file:
                    for piece in response.iter_bytes(_CHUNK):
                        file.write(piece)
        except httpx.TransportError as error:
            raise _unreachable(http, error) from error
        except OSError as error:
            raise CommandError(f"{target} can't be written: {error.strerror}") from error

    def _get(self, http: httpx.Client, path: str, **arguments: Unpack[_Arguments]) -> Any:
        return self._call(http, "GET", path, **arguments)

    def _call(self, http: httpx.Client, method: str, path: str, **arguments: Unpack[_Arguments]) -> Any:
        return _answer(self._send(http, method, path, **arguments))

    @staticmethod
    def _send(http: httpx.Client, method: str, path: str, **arguments: Unpack[_Arguments]) -> httpx.Response:
        try:
            return http.request(method, path, **arguments)
        except httpx.TransportError as error:
            raise UnreachableError(
                f"{http.base_url} does not respond ({type(error).__name__})",
                remedy="Start the system with `make up`, or set CUSTOMER_IMPORT_MAPPING_URL and …_STATUS_URL",
            ) from error


def _unreachable(http: httpx.Client, error: httpx.TransportError) -> UnreachableError:
    return UnreachableError(
        f"{http.base_url} can't be reached ({type(error).__name__})",
        remedy="Start the system, or correct CUSTOMER_IMPORT_MAPPING_URL and CUSTOMER_IMPORT_STATUS_URL",
    )


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
    address, headers = f"{url}/api/v1{path}", {"Authorization": f"Bearer {token}"}
    try:
        response = httpx.request(method, address, params=params, json=json, headers=headers, timeout=30)
    except httpx.TransportError as error:
        raise UnreachableError(f"{url} does not respond ({type(error).__name__})") from error
    return _answer(response)


def _answer(response: httpx.Response) -> Any:
    if response.is_success:
        return response.json() if response.content else {}
    raise _problem(response)


def _problem(response: httpx.Response) -> CommandError:
    kind = _kind(response.status_code)
    try:
        body = response.json()
    except json.JSONDecodeError:
        return kind(f"The server responded with {response.status_code}")
    problems: list[Problem] = body.get("problems") or [body]
    lines = [_line(problem) for problem in problems]
    return kind("\n".join(lines), remedy="\n".join(dict.fromkeys(p.get("remedy") or "" for p in problems)))


def _kind(status: int) -> type[CommandError]:
    if status in _PASSING:
        return UnreachableError
    return NotNowError if status in _NOT_NOW else CommandError


def _line(problem: Problem) -> str:
    text = problem.get("message") or problem.get("title") or "The request was refused"
    place = f" [{problem['place']}]" if problem.get("place") else ""
    return f"{problem.get('code', '')}: {text}{place}"
