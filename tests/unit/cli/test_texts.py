"""`customer-import texts`: a text is a file whose first line is the subject."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import texts
from cli.__main__ import app
from cli.errors import CommandError
from cli.system import System

_TEXTS = {
    "biller_id": 7,
    "biller_name": "Oak Gas",
    "is_on": False,
    "items": [
        {
            "about": "paperless_started",
            "title": "Paperless started",
            "subject": "Your bills",
            "body": "Hello {{ customer_name }}",
            "is_default": False,
            "changed_by": "Ivy",
            "fields": {"customer_name": "the name", "biller_name": "the biller"},
        }
    ],
}
_PREVIEW = {"subject": "Your bills", "body": "Hello ANN LEE", "import_id": None}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, Any]]:
    made: list[tuple[str, str, Any]] = []

    def call(_url: str, _token: str, method: str, path: str, *, json: Any = None) -> Any:
        made.append((method, path, json))
        return _PREVIEW if path.endswith("/preview") else _TEXTS if method == "GET" else {}

    monkeypatch.setattr(texts, "find_system", lambda _: System({"notifier": "http://status"}, "token"))
    monkeypatch.setattr(texts, "call_service", call)
    return made


def _run(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["texts", *arguments], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def test_texts_are_listed_and_shown(calls: list[tuple[str, str, Any]]) -> None:
    assert "paperless_started\tPaperless started\tthe biller's own\tIvy" in _run("list", "7")
    assert _run("show", "7", "paperless_started") == "Your bills\n\nHello {{ customer_name }}\n"
    assert calls == [("GET", "/customer-emails/7/texts", None)] * 2


def test_a_file_is_tried_and_set(calls: list[tuple[str, str, Any]], tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("New bills\n\nDear {{ customer_name }},\n\nhello.\n", encoding="utf-8")
    text = {"subject": "New bills", "body": "Dear {{ customer_name }},\n\nhello."}
    assert "Hello ANN LEE" in _run("preview", "7", "paperless_started", str(path))
    _run("preview", "7", "paperless_started")
    _run("set", "7", "paperless_started", str(path))
    _run("reset", "7", "paperless_started")
    of = "/customer-emails/7/texts/paperless_started"
    assert [one for one in calls if one[0] != "GET"] == [
        ("POST", f"{of}/preview", text),
        ("POST", f"{of}/preview", {"subject": "Your bills", "body": "Hello {{ customer_name }}"}),
        ("PUT", of, text),
        ("DELETE", of, None),
    ]


@pytest.mark.parametrize(
    ("about", "content", "words"),
    [
        ("other", "Subject\n\nBody\n", "no email about"),
        ("paperless_started", "Subject alone\n", "no subject or no body"),
        ("paperless_started", None, "can't be read"),
    ],
)
def test_what_is_no_text_changes_nothing(
    calls: list[tuple[str, str, Any]], tmp_path: Path, about: str, content: str | None, words: str
) -> None:
    path = tmp_path / "text.txt"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=words):
        _run("set", "7", about, str(path))
    assert {method for method, _, _ in calls} == {"GET"}
