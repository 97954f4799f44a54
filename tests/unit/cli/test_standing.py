"""The command line says what an import waits for, and how it goes on."""

from typing import Any
from uuid import UUID

import pytest

import cli.__main__ as program
from cli.errors import CommandError
from cli.run import follow

MINE, OTHER = UUID(int=1), UUID(int=2)
COUNTS = dict.fromkeys(("applied", "no_change", "skipped", "held", "failed", "read"), 0)
BEHIND = {
    "import_id": str(OTHER),
    "file_name": "first.csv",
    "state": "running",
    "text": "Waiting for another import of this biller: first.csv (Running)",
}
WAITING = {"reason": "42501", "text": "the executor has not every right in the database that it needs"}


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
    assert f"waits for an operator: {WAITING['text']} (42501)" in said
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
    text = "Waiting for another import of this biller (Running)"
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


def test_who_follows_an_import_is_told_once_what_it_stands_behind(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="Nothing has happened"):
        follow(FakeClient(behind=BEHIND), program.console, str(MINE), 0)  # type: ignore[arg-type]  # what is needed of it
    assert capsys.readouterr().out.count(BEHIND["text"]) == 1
