"""`customer-import ops show`: what the operations page shows, in a terminal."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from cli.__main__ import app
from cli.errors import CommandError
from cli.ops import overview, pausing
from cli.system import System

_ID = uuid4()
_SINCE = (datetime.now(UTC) - timedelta(hours=3)).isoformat()
_SYSTEM = {
    "imports": [
        {
            "import_id": "0190",
            "biller_name": "Oak Gas",
            "state_text": "Running",
            "since": _SINCE,
            "waits_for": "A free executor",
            "what_to_do": "Start another one",
            "workers": [],
        }
    ],
    "pauses": [
        {"import_id": None, "biller_name": "Oak Gas", "since": _SINCE, "paused_by": "olga", "reason": "Bank is down"}
    ],
    "queues": [{"service": "executor", "queue": "batches", "waiting": 1200, "since": _SINCE, "what_to_do": ""}],
    "instances": [
        {
            "service": "mapping",
            "name": "a:1",
            "version": "1",
            "started_at": _SINCE,
            "seen_at": _SINCE,
            "is_alive": True,
            "work": [{"what": "check", "import_id": "0191"}],
            "problems": ["outbox: no progress"],
        }
    ],
    "silent_services": ["executor"],
    "broker": {"is_reachable": False, "is_permitted": True, "lag": []},
}


def test_what_waits_and_what_to_do_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overview, "find_system", lambda _: System({"notifier": "http://status"}, "token"))
    monkeypatch.setattr(overview, "call_service", lambda *_: _SYSTEM)
    done = CliRunner().invoke(app, ["ops", "show"], catch_exceptions=False)
    lines = done.stdout.splitlines()
    assert "0190\tOak Gas\tRunning\t3 h\tA free executor\tStart another one\t" in lines
    assert "Oak Gas\t3 h\tolga\tBank is down" in lines
    assert "executor\tbatches\t1,200\t3 h\t" in lines
    assert "mapping\ta:1\talive; outbox: no progress\t1\t3 h\t3 h\tcheck of 0191" in lines
    assert "No process of executor is alive" in done.stderr
    assert "Kafka can't be reached" in done.stderr


@pytest.mark.parametrize(
    ("words", "sent"),
    [
        (("pause", "--reason", "Bank", "--all"), ("/operations/pause", {"reason": "Bank"})),
        (("pause", "--reason", "Bank", "--biller", "7"), ("/operations/pause", {"biller_id": 7, "reason": "Bank"})),
        (("resume", "--import", str(_ID)), ("/operations/resume", {"import_id": str(_ID)})),
    ],
)
def test_what_is_paused_is_named(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], sent: tuple[str, object]
) -> None:
    calls = []
    monkeypatch.setattr(pausing, "find_system", lambda _: System({"notifier": "http://status"}, "token"))
    monkeypatch.setattr(pausing, "call_service", lambda *called, json: calls.append((called[-1], json)))
    done = CliRunner().invoke(app, ["ops", *words], catch_exceptions=False)
    assert done.exit_code == 0
    assert calls == [sent]


@pytest.mark.parametrize("words", [(), ("--all", "--biller", "7")])
def test_to_pause_needs_one_scope(monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> None:
    monkeypatch.setattr(pausing, "find_system", lambda _: System({"notifier": "http://status"}, "token"))
    done = CliRunner().invoke(app, ["ops", "pause", "--reason", "x", *words])
    assert isinstance(done.exception, CommandError)
