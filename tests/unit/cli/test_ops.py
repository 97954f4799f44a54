"""`customer-import ops show`: what the operations page shows, in a terminal."""

from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from cli.__main__ import app
from cli.ops import overview
from cli.system import System

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
    "broker": {"is_reachable": False, "lag": []},
}


def test_what_waits_and_what_to_do_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overview, "find_system", lambda _: System({"notifier": "http://status"}, "token"))
    monkeypatch.setattr(overview, "call_service", lambda *_: _SYSTEM)
    done = CliRunner().invoke(app, ["ops", "show"], catch_exceptions=False)
    lines = done.stdout.splitlines()
    assert "0190\tOak Gas\tRunning\t3 h\tA free executor\tStart another one\t" in lines
    assert "executor\tbatches\t1,200\t3 h\t" in lines
    assert "mapping\ta:1\talive; outbox: no progress\t1\t3 h\t3 h\tcheck of 0191" in lines
    assert "No process of executor is alive" in done.stderr
    assert "Kafka can't be reached" in done.stderr
