"""The command line says what an import waits for, and how it goes on."""

import itertools
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

import cli.__main__ as program
from cli import run
from cli.errors import CommandError
from cli.output import console

MINE, OTHER = UUID(int=1), UUID(int=2)
COUNTS = dict.fromkeys(("applied", "no_change", "skipped", "held", "failed", "read"), 0)
BEHIND = {
    "import_id": str(OTHER),
    "file_name": "first.csv",
    "state": "running",
    "text": "Waiting for another import for this biller: first.csv (Running)",
}
WAITING = {"reason": "42501", "text": "the executor lacks a database permission that it needs"}


class FakeClient:
    """One import that stays as it is."""

    def __init__(self, **values: Any) -> None:
        self._status = {
            "import_id": str(MINE),
            "kind": "paperless",
            "state": "checking",
            "counts": COUNTS,
            "progress": {"rows_read": 0},
        } | values

    def status(self, _import_id: str) -> dict[str, Any]:
        return self._status

    def corrections(self, _import_id: str) -> dict[str, Any]:
        return {"items": [], "next": None}

    def check(self, _import_id: str) -> dict[str, Any]:
        return {"findings": []}


def show(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], **values: Any) -> str:
    monkeypatch.setattr(program, "_client", lambda _person: FakeClient(**values))
    program.show(MINE, None, 10)
    return capsys.readouterr().out


def test_show_says_why_an_import_waits_for_an_operator(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = show(monkeypatch, capsys, state="waiting", waiting=WAITING)
    assert f"Waiting for an operator: {WAITING['text']} (42501)" in said
    assert f"`customer-import resume {MINE}`" in said


def test_show_says_behind_which_import_one_waits(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = show(monkeypatch, capsys, behind=BEHIND)
    assert BEHIND["text"] in said
    assert f"`customer-import show {OTHER}`" in said


def test_show_names_no_import_that_the_person_may_not_see(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "Waiting for another import for this biller (Running)"
    said = show(monkeypatch, capsys, behind=BEHIND | {"import_id": None, "file_name": None, "text": text})
    assert text in said
    assert "customer-import show" not in said


def test_show_says_what_changed_for_the_whole_import(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = {"name": "biller closed", "remedy": "Have it opened first"}
    said = show(monkeypatch, capsys, changed=[changed, {"name": "of a newer release", "remedy": ""}])
    assert "Changed since the check: biller closed. Have it opened first\n" in said
    assert "Changed since the check: of a newer release.\n" in said


_LOCKED = "waits: another user of the CRM has locked the same records"
PARTS = [
    {
        "part": 2,
        "attempts": 0,
        "next_try_at": "…",
        "text": _LOCKED,
    },
    {"part": 3, "attempts": 1, "next_try_at": "…", "text": "failed once"},
]


@pytest.mark.parametrize(("parts", "more"), [(PARTS[:1], ""), (PARTS, ", and 1 more")])
def test_show_says_which_parts_are_tried_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], parts: list[dict[str, Any]], more: str
) -> None:
    progress = {"rows_read": 0, "chunks": 4}
    said = show(monkeypatch, capsys, state="running", waiting_parts=parts, progress=progress)
    assert f"Batch 2 of 4 {_LOCKED}{more}\n" in said
    assert "retried automatically" in said


def test_a_part_that_is_tried_again_is_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = itertools.count(2)
    clock = itertools.count()
    status = FakeClient(state="running").status("")

    def tried_again(_import_id: str) -> dict[str, Any]:
        attempts = next(tries)
        assert attempts < 100, "the wait has no end"
        return status | {"waiting_parts": [PARTS[1] | {"attempts": attempts}]}

    client: Any = SimpleNamespace(status=tried_again)
    monkeypatch.setattr(run, "time", SimpleNamespace(monotonic=lambda: next(clock), sleep=lambda _: None))
    with pytest.raises(CommandError, match="No progress for 10 s"):
        run.follow(client, console, str(MINE), 10)


def test_who_follows_an_import_is_told_once_what_it_stands_behind(capsys: pytest.CaptureFixture[str]) -> None:
    client: Any = FakeClient(behind=BEHIND)
    with pytest.raises(CommandError, match="No progress"):
        run.follow(client, console, str(MINE), 0)
    assert capsys.readouterr().out.count(BEHIND["text"]) == 1


def test_who_follows_a_check_that_waits_for_its_turn_is_told_how_many_are_before_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once for each number: that the first one reads on says the line of the progress alone."""
    places = iter([(2, 100), (2, 200), (1, 0)])

    def status(_import_id: str) -> dict[str, Any] | None:
        place = next(places, None)
        queue = place and {"before": place[0], "first_rows_read": place[1], "text": ""}
        return FakeClient(state="checking" if place else "completed", queue=queue).status("")

    monkeypatch.setattr(run, "time", SimpleNamespace(monotonic=lambda: 0, sleep=lambda _: None))
    client: Any = SimpleNamespace(status=status)
    assert run.follow(client, console, str(MINE), 10)["state"] == "completed"
    said = capsys.readouterr().out
    assert [said.count(words) for words in ("2 checks are before this one", "1 check is before this one")] == [1, 1]


def test_what_was_decided_is_not_asked_again_when_a_second_person_has_to_approve(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    states = iter([("held", 1), ("held", 2), ("completed", 3)])
    client: Any = SimpleNamespace(check=lambda _: {"check_no": 2, "findings": [], "second_person_needed": True})

    def watched(*_: object) -> Any:
        state, number = next(states)
        return {"state": state, "check_no": number}

    def ask(*_: object) -> Any:
        raise AssertionError("it is decided")

    monkeypatch.setattr(run, "_watch", watched)
    assert run.follow(client, console, str(MINE), 0, ask)["state"] == "completed"
    assert f"customer-import approve {MINE} 2" in capsys.readouterr().out
