"""What a person wrote, brackets and all, is shown as it is written and never taken for markup."""

from pathlib import Path
from typing import Any, cast

import pytest
from typer import Typer

import cli.__main__ as program
from cli.bodies import Check
from cli.definition_file import read_definition_file
from cli.errors import CommandError, ExitCode
from cli.output import console
from cli.tables import findings_table


def test_the_place_of_an_error_is_not_taken_for_markup(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise CommandError("invalid: extra forbidden [body.account_number.0.colum]", remedy="Look at [body]")

    monkeypatch.setattr(Typer, "__call__", refuse)
    with pytest.raises(SystemExit) as ended:
        program.main()
    assert ended.value.code == ExitCode.REFUSED
    said = capsys.readouterr().err
    assert "[body.account_number.0.colum]" in said
    assert "Look at [body]" in said


def test_tables_show_brackets(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    found = {
        "code": "F013",
        "count": 1,
        "title": "The type [Water] is unknown",
        "remedy": "See [types]",
        "sample_lines": [],
        "choices": [],
    }
    console.print(findings_table(cast("Check", {"check_no": 1, "findings": [found]})))
    assert "The type [Water] is unknown" in capsys.readouterr().out


@pytest.mark.parametrize("written", ["2027-01-15", "'2027-01-15'", "2027-01-15 00:00:00"])
def test_dates_of_a_definition_need_no_quotes(written: str, tmp_path: Path) -> None:
    file = tmp_path / "definition.yaml"
    file.write_text(
        "biller: Riverbend Water\nkind: autopay\ncolumns: {email: E-mail}\naccount_number: [Acct]\n"
        f"options:\n  effective_date: {written}\n"
    )
    assert read_definition_file(file)["options"]["effective_date"] == written.strip("'")
