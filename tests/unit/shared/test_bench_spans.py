"""What traces cost while they are off is measured call by call; no time is looked at."""

import pytest

from bench import spans
from shared import tracing


def test_every_call_that_is_made_while_traces_are_off_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(spans, "_CALLS", 10)
    spans.measure()
    told = capsys.readouterr().out.splitlines()
    assert [line.rsplit(maxsplit=4)[0] for line in told[:-1]] == ["a span", "a past span", "an event", "a log line"]
    monkeypatch.setattr(tracing, "is_on", lambda: True)
    with pytest.raises(RuntimeError):
        spans.measure()
