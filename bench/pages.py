"""How long the pages take with many imports and a huge one, and how soon the pages see what happens."""

import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
import httpx
from rich.console import Console

from bench.data import Biller, definition, make_biller, write_file
from bench.many import copy_import
from bench.traces import leave_traces
from cli.bodies import Decision
from cli.client import Client
from cli.run import run_import
from customer_import_client import Outgoing
from services.mapping.draft import ChosenFile, Content
from shared.audit import Act
from shared.contracts.fields import FieldName
from shared.contracts.kinds import ImportKind
from stack.embedded import EmbeddedStack, Parts
from stack.run_directory import RunDirectory

_PARTS: Final = Parts.EVERYTHING & ~Parts.DEMO_DATA
_PERSON: Final = "ivy"
_PATIENCE: Final = 3600.0
_PAUSE: Final = 0.05
_TIMES: Final = 15
_ROUNDS: Final = 20
_LETTERS: Final = 1_000
_SMALL: Final = 1_000
_TIMED: Final = {"ImportApproved", "ChunkApplied", "ImportFinished"}
_STEPS: Final = ("biller", "kind", "file", "columns", "settings", "account-number", "check")


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds that something took, each time."""

    name: str
    milliseconds: Sequence[float]

    def at(self, share: float) -> float:
        """The value below which this share lies."""
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def measure(rows: int, imports: int) -> None:
    """Measure, and print the tables."""
    async with EmbeddedStack(RunDirectory.create(), _PARTS, progress=_say) as stack:
        bench = _Bench(stack, Client(*_addresses(stack), await stack.token(_PERSON)))
        await bench.prepare(rows, imports)
        pages = await bench.time_pages()
        live = await bench.time_live()
    _print(f"Pages, with {imports:,} imports and one of {rows:,} rows (milliseconds)", pages)
    _print(f"Live, {_ROUNDS} imports of {_SMALL:,} rows (milliseconds)", live)


def _addresses(stack: EmbeddedStack) -> tuple[str, str]:
    return stack.service_url("mapping"), stack.service_url("notifier")


class _Bench:
    def __init__(self, stack: EmbeddedStack, client: Client) -> None:
        self._stack = stack
        self._client = client
        self._wizard, self._status = _addresses(stack)
        self._pages: list[tuple[str, str]] = []
        self._row = ""
        self._quick: Biller | None = None

    async def prepare(self, rows: int, imports: int) -> None:
        """Billers, a small import copied many times, a huge one that waits for a decision, and drafts."""
        admin = await asyncpg.connect(self._stack.postgres.dsn())
        try:
            _say(f"Making a biller with {rows:,} customers")
            huge, self._quick = await make_biller(admin, "Huge", rows), await make_biller(admin, "Quick", _SMALL)
            small = await asyncio.to_thread(self._import, self._quick, 40)
            _say(f"Copying an import {imports - 2:,} times")
            await copy_import(admin, UUID(small), imports - 2)
            held = await asyncio.to_thread(self._held, huge, rows)
            await self._draft(admin, huge, held)
            _say(f"Importing {rows:,} rows")
            ended = await asyncio.to_thread(self._import, huge, rows)
            webhook = await leave_traces(admin, huge.id, _LETTERS)
            await admin.execute("VACUUM ANALYZE", timeout=_PATIENCE)
        finally:
            await admin.close()
        self._pages += _status_pages(self._status, ended, rows)
        self._pages += _pages_around(self._status, ended, webhook)

    def _import(self, biller: Biller, rows: int) -> str:
        with tempfile.TemporaryDirectory() as directory:
            file = Path(directory) / "bench.csv"
            write_file(file, rows)
            console = Console(file=sys.stderr, quiet=True)
            decided = definition(biller) | {"decide": {code: {"choice": "continue"} for code in ("C203", "C204")}}
            return str(run_import(self._client, console, decided, file, uuid4(), _PATIENCE)["import_id"])

    def _held(self, biller: Biller, rows: int, generation: int = 0) -> str:
        """An import whose check has ended and that nobody has confirmed."""
        with tempfile.TemporaryDirectory() as directory:
            file = Path(directory) / "held.csv"
            write_file(file, rows, generation)
            sent = Outgoing(file.name, file.stat().st_size, kind="paperless")
            uploaded = self._client.upload(biller.id, sent, iter([file.read_bytes()]))
        file_of = {"id": uploaded["id"], "sha256": uploaded["sha256"], "size": uploaded["size"]}
        asked = {name: value for name, value in definition(biller).items() if name != "biller"}
        import_id = self._client.define(asked | {"biller_id": biller.id, "file": file_of, "decide": "ask"}, uuid4())
        _wait(lambda: (status := self._client.status(import_id)) is not None and status["state"] == "held")
        return import_id

    async def _draft(self, admin: asyncpg.Connection, biller: Biller, held: str) -> None:
        row = await admin.fetchrow(
            """SELECT f.id, f.name, f.size, f.sha256
               FROM mapping.secure_file f JOIN mapping.import i ON i.file_id = f.id
               WHERE i.id = $1""",
            UUID(held),
        )
        asked = definition(biller)
        content = Content.model_validate(
            {
                "kind": ImportKind.PAPERLESS,
                "file": ChosenFile(**dict(row or {})).model_dump(),
                "invoice_types": asked["invoice_types"],
                "columns": {FieldName.EMAIL: "Email", FieldName.CUSTOMER_NAME: "Name"},
                "attestation": "Benchmark",
                "parts": asked["account_number"],
            }
        )
        draft = uuid4()
        await admin.execute(
            "INSERT INTO mapping.draft (id, subject, biller_id, content) VALUES ($1, $2, $3, $4)",
            *(draft, _PERSON, biller.id, content.model_dump_json()),
        )
        self._pages += [("start", f"{self._wizard}/"), ("new import", f"{self._wizard}/import/new")]
        self._pages += [(f"wizard: {step}", f"{self._wizard}/import/{draft}/{step}") for step in _STEPS]
        self._pages += [
            (name, f"{self._wizard}/checks/{held}{path}")
            for name, path in (
                ("huge check", ""),
                ("huge review", "/review"),
                ("huge cancel", "/cancel"),
                ("huge plan", "/plan"),
                ("huge plan: account number", "/plan?text=WTR-000500000"),
                ("huge plan: email", "/plan?text=NEW999999@example.org"),
                ("huge plan: email it replaces", "/plan?text=old500000@example.com&outcome=applied&change=login_email"),
                ("huge plan: nothing found", "/plan?text=nobody@example.com"),
                ("huge plan: line", "/plan?line=999000"),
                ("huge plan: a change of all", "/plan?change=login_email"),
                ("huge plan: a change of none", "/plan?change=customer"),
                ("huge plan: a code of none", "/plan?code=W345"),
                ("huge plan: enrollment of all", "/plan?invoice_type=WATER"),
                ("huge plan: enrollment of none", "/plan?enrollment=changed&invoice_type=WATER"),
                ("huge corrections", "/correct"),
            )
        ]
        self._pages += [(path, f"{self._wizard}/{path}") for path in ("my-access", "guide", "codes", "approvals")]
        self._row = f"{self._wizard}/api/v1/imports/{held}/row-check"
        self._pages.append(("recipes", f"{self._wizard}/recipes/{biller.id}"))
        self._pages.append(("biller history", f"{self._status}/status/billers/{biller.id}"))

    async def time_pages(self) -> list[Timing]:
        """Each page many times in turn, as one person's browser asks for it."""
        async with httpx.AsyncClient(trust_env=False, timeout=60, follow_redirects=True) as browser:
            await self._sign_in(browser)
            timings = [Timing(name, await _times(partial(browser.get, address))) for name, address in self._pages]
        headers = {"Authorization": f"Bearer {await self._stack.token(_PERSON)}"}
        cells = [{"column": "Email", "value": "corrected@example.org"}]
        async with httpx.AsyncClient(trust_env=False, timeout=60, headers=headers) as program:
            asked = partial(program.post, self._row, json={"line": 500_001, "cells": cells})
            return [*timings, Timing("huge check: a row corrected", await _times(asked))]

    async def _sign_in(self, browser: httpx.AsyncClient) -> None:
        page = (await browser.get(f"{self._wizard}/sign-in")).text
        secret = page.partition('name="csrf" value="')[2].partition('"')[0]
        answer = await browser.post(f"{self._wizard}/sign-in", data={"csrf": secret, "person": _PERSON})
        answer.raise_for_status()

    async def time_live(self) -> list[Timing]:
        """From Start to rows counted, and from an event, as its sender dated it, to the page."""
        assert self._quick is not None  # noqa: S101 - prepare() has made it
        taken: dict[str, list[float]] = {}
        for number in range(1, _ROUNDS + 1):
            held = await asyncio.to_thread(self._held, self._quick, _SMALL, number)
            seen = await self._follow(held)
            events = await self._events(UUID(held))
            steps = {
                "Start to rows counted": ("Start", "rows"),
                "  Start to approved": ("Start", "ImportApproved"),
                "  approved to rows applied": ("ImportApproved", "ChunkApplied"),
                "  rows applied to page": ("ChunkApplied", "rows"),
                "  finished to page": ("ImportFinished", "end"),
            }
            times = seen | events
            for name, (begin, end) in steps.items():
                taken.setdefault(name, []).append((times[end] - times[begin]) * 1000)
        both = taken["  rows applied to page"] + taken["  finished to page"]
        return [*(Timing(name, times) for name, times in taken.items()), Timing("event to page", both)]

    async def _follow(self, import_id: str) -> dict[str, float]:
        """Confirm, and read the page's stream: when Start was pressed, the first counts were seen, and the end."""
        token = await self._stack.token(_PERSON)
        check = self._client.check(import_id)
        decisions: dict[str, Decision] = {code: {"choice": "continue"} for code in check["undecided"]}
        seen: dict[str, float] = {}
        address = f"{self._status}/api/v1/imports/{import_id}/events"
        headers = {"Authorization": f"Bearer {token}"}
        async with (
            httpx.AsyncClient(trust_env=False, timeout=60) as http,
            http.stream("GET", address, headers=headers) as stream,
        ):
            async for line in stream.aiter_lines():
                if not line.startswith("data:"):
                    continue
                state = json.loads(line.removeprefix("data:"))
                now = time.time()
                if not seen:
                    seen["Start"] = now
                    await asyncio.to_thread(self._client.confirm, import_id, check, decisions)
                    continue
                if state["counts"]["read"]:
                    seen.setdefault("rows", now)
                if state["group"] == "completed":
                    return seen | {"end": now}
        raise RuntimeError("the stream ended before the import")

    async def _events(self, import_id: UUID) -> dict[str, float]:
        """When each event was sent, once all are heard of: they come in any order, and the page knows the end first."""
        admin = await asyncpg.connect(self._stack.postgres.dsn())
        try:
            async with asyncio.timeout(_PATIENCE):
                while True:
                    sent = await _sent(admin, import_id)
                    if sent.keys() >= _TIMED:
                        return sent
                    await asyncio.sleep(_PAUSE)
        finally:
            await admin.close()


async def _sent(admin: asyncpg.Connection, import_id: UUID) -> dict[str, float]:
    rows = await admin.fetch(
        "SELECT event, min(occurred_at) AS at FROM notification.trail WHERE import_id = $1 GROUP BY event", import_id
    )
    return {row["event"]: row["at"].timestamp() for row in rows}


def _status_pages(status: str, ended: str, rows: int) -> list[tuple[str, str]]:
    one = f"{status}/status/imports/{ended}"
    completed = f"{status}/status/completed"
    return [
        ("in progress", f"{status}/status/in-progress"),
        ("completed", completed),
        ("completed: search", f"{completed}?text=quick"),
        ("completed: filters", f"{completed}?kind=paperless&state=completed&requester=ivy"),
        ("completed: nothing found", f"{completed}?text=there-is-no-such-import"),
        ("huge import", one),
        ("huge: rows", f"{one}/rows"),
        ("huge: last rows", f"{one}/rows?after={rows - 50}"),
        ("huge: rows of an outcome", f"{one}/rows?outcome=failed"),
        ("huge: rows of a code", f"{one}/rows?code=R142"),
        ("huge: mails", f"{one}/mails"),
        ("huge: trail", f"{one}/trail"),
    ]


def _pages_around(status: str, ended: str, webhook: UUID) -> list[tuple[str, str]]:
    """What is beside the imports. Webhooks have no page: the API lists them."""
    paths = (
        ("customers", "/status/customers"),
        ("customers: account number", "/status/customers?text=WTR-000000040"),
        ("customers: email", "/status/customers?text=new40@example.org"),
        ("customers: user name", "/status/customers?text=old40@example.com"),
        ("customers: nothing found", "/status/customers?text=nobody@example.com"),
        ("operations", "/status/operations"),
        ("dead letters", "/status/operations/dead-letters"),
        ("dead letters: settled", "/status/operations/dead-letters?service=notifier&state=settled"),
        ("notifications", "/status/notifications"),
        ("webhooks", "/api/v1/webhooks"),
        ("webhooks: deliveries", f"/api/v1/webhooks/{webhook}/deliveries"),
        ("audit", "/status/audit"),
        ("audit: a person", "/status/audit?person=ivy"),
        ("audit: an act", f"/status/audit?act={Act.DECIDED}"),
        ("audit: an import", f"/status/audit?import_id={ended}"),
    )
    return [(name, f"{status}{path}") for name, path in paths]


async def _times(ask: Callable[[], Awaitable[httpx.Response]]) -> list[float]:
    taken = []
    for _ in range(_TIMES):
        started = time.perf_counter()
        answer = await ask()
        taken.append((time.perf_counter() - started) * 1000)
        answer.raise_for_status()
    return taken


def _wait(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(_PAUSE)


def _print(title: str, timings: Sequence[Timing]) -> None:
    print(f"\n{title}")
    print(f"{'':30}{'median':>9}{'p95':>9}{'longest':>9}")
    for one in timings:
        values: tuple[Any, ...] = (statistics.median(one.milliseconds), one.at(0.95), max(one.milliseconds))
        print(f"{one.name:30}" + "".join(f"{value:>9.0f}" for value in values))


def _say(text: str) -> None:
    print(text, flush=True)
