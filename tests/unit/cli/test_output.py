"""What programs get of the command line: JSON from every command, lines when piped, results apart from words, codes."""

import io
import json
import sys
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import typer
from rich.console import Console
from rich.table import Table
from typer.testing import CliRunner

import cli.__main__ as program
from cli import decisions, run
from cli.errors import CommandError, ExitCode, HeldError, UnfinishedError, UnreachableError
from cli.output import notes, say, show_table
from cli.system import ENVIRONMENT, find_system
from shared.contracts.states import STATES

ID = str(UUID(int=7))
COUNTS = dict.fromkeys(("applied", "no_change", "skipped", "held", "failed", "read"), 0)
STATUS = {"import_id": ID, "kind": "paperless", "state": "completed", "counts": COUNTS, "progress": {"rows_read": 0}}
DOCUMENTS = {
    "asyncapi",
    "events",
    "openapi",
    "codes",
    "settings",
    "rules",
    "fields",
    "metrics",
    "facts",
    "plan",
    "commands",
}  # they print one


class FakeClient:
    """One import, as it is told to be."""

    def __init__(self, state: str = "completed") -> None:
        self._status = STATUS | {"state": state, "check_no": 1}

    def status(self, _import_id: str) -> dict[str, Any]:
        return self._status

    def corrections(self, _import_id: str) -> dict[str, Any]:
        return {"items": [], "next": None}

    def check(self, _import_id: str) -> dict[str, Any]:
        return {"findings": [], "undecided": [], "check_no": 1, "answers": {}}

    def confirm(self, *_given: object) -> dict[str, Any]:
        raise AssertionError("nobody is there who decides")

    def cancel(self, _import_id: str) -> dict[str, str]:
        return {"state": "cancelled"}

    def resume(self, _import_id: str) -> None:
        pass


def invoke(monkeypatch: pytest.MonkeyPatch, *words: str, state: str = "completed") -> tuple[str, str, int]:
    """Stdout, stderr and exit code of a command."""
    monkeypatch.setattr(program, "_client", lambda _person: FakeClient(state))
    done = CliRunner().invoke(program.app, list(words))
    code = done.exception.exit_code if isinstance(done.exception, CommandError) else done.exit_code
    return done.stdout, done.stderr, code


def _commands(command: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    below = getattr(command, "commands", None)
    if below is None:
        yield path.strip(), command
    else:
        for name, one in below.items():
            yield from _commands(one, f"{path} {name}")


COMMANDS = dict(_commands(typer.main.get_command(program.app)))


@pytest.mark.parametrize("path", [path for path in COMMANDS if path.removeprefix("admin ") not in DOCUMENTS])
def test_every_command_prints_json_if_asked(path: str) -> None:
    assert "--json" in [option for param in COMMANDS[path].params for option in param.opts]


@pytest.mark.parametrize("path", COMMANDS)
def test_everything_that_is_given_to_a_command_is_explained(path: str) -> None:
    command = COMMANDS[path]
    assert command.help
    unexplained = [param.name for param in command.params if not getattr(param, "help", None)]
    assert path.removeprefix("admin ") in DOCUMENTS or unexplained == []


def test_a_table_is_lines_with_tabs_when_piped(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table(title="not printed")
    table.add_column("a name")
    table.add_column("rows")
    table.add_row("two\nlines [x]", "3")
    show_table(table)
    assert capsys.readouterr().out == "A NAME\tROWS\ntwo lines [x]\t3\n"


@pytest.mark.parametrize(
    ("state", "code"), [("completed", 0), ("completed_with_errors", 3), ("failed", 1), ("cancelled", 1)]
)
def test_the_exit_code_says_how_an_import_ended(monkeypatch: pytest.MonkeyPatch, state: str, code: int) -> None:
    out, _, ended = invoke(monkeypatch, "watch", ID, "--json", state=state)
    assert ended == code
    assert json.loads(out)["state"] == state


def test_every_state_that_ends_an_import_has_an_exit_code() -> None:
    ended = run._ENDED
    assert ended < set(STATES)
    statuses: Any = {state: STATUS | {"state": state} for state in ended}
    codes = {state: run.exit_code(status) for state, status in statuses.items()}
    assert [state for state, code in codes.items() if code == ExitCode.DONE] == ["completed"]


def test_an_import_that_waits_for_a_person_is_told_from_one_that_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    assert invoke(monkeypatch, "watch", ID, state="held")[2] == ExitCode.HELD
    assert invoke(monkeypatch, "watch", ID, "--patience", "0", state="running")[2] == ExitCode.UNFINISHED


@pytest.mark.parametrize("words", [("cancel", ID), ("resume", ID)])
def test_results_are_apart_from_words(monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> None:
    out, _, code = invoke(monkeypatch, *words)
    assert (out, code) == ("", 0)
    assert json.loads(invoke(monkeypatch, *words, "--json")[0])


def test_show_in_one_document(monkeypatch: pytest.MonkeyPatch) -> None:
    told = json.loads(invoke(monkeypatch, "show", ID, "--json")[0])
    assert told["import"]["import_id"] == ID
    assert told["check"]["check_no"] == 1
    assert told["failed_rows"] == []


def test_nobody_is_asked_where_nobody_types(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(notes), "is_terminal", property(lambda _: True))
    check: Any = FakeClient().check("")
    with pytest.raises(HeldError):
        decisions.ask_decisions(notes, check)


@pytest.mark.parametrize(
    ("error", "code"), [(CommandError, 1), (HeldError, 4), (UnreachableError, 5), (UnfinishedError, 6)]
)
def test_an_error_is_json_for_who_asked_for_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: type[CommandError], code: int
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error("No [such] import", remedy="Look")

    monkeypatch.setattr(typer.Typer, "__call__", refuse)
    monkeypatch.setattr(sys, "argv", ["customer-import", "list", "--json"])
    with pytest.raises(SystemExit) as ended:
        program.main()
    captured = capsys.readouterr()
    assert json.loads(captured.err) == {"error": "No [such] import", "remedy": "Look", "exit_code": code}
    assert (captured.out, ended.value.code) == ("", code)


@pytest.mark.parametrize("missing", ["CUSTOMER_IMPORT_MAPPING_URL", "CUSTOMER_IMPORT_STATUS_URL"])
def test_an_address_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    for name in ENVIRONMENT:
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv(missing)
    monkeypatch.delenv("CUSTOMER_IMPORT_URL")
    with pytest.raises(CommandError, match=f"{missing} is not set"):
        find_system(None).client()


def test_the_program_calls_itself_by_its_name_and_completes() -> None:
    help_text = CliRunner().invoke(program.app, ["--help"], prog_name=program.NAME).output
    assert f"Usage: {program.NAME} " in help_text
    assert "--install-completion" in help_text


def test_words_of_others_end_no_line_and_are_no_commands_of_the_terminal() -> None:
    said = io.StringIO()
    say("a.csv\nFAKE \x1b[31m\x9b\u202e\udcfc", to=Console(file=said))
    assert said.getvalue() == "a.csv FAKE \ufffd[31m\ufffd\ufffd\ufffd\n"
