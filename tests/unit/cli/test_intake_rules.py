from datetime import time
from pathlib import Path

import pytest

from cli.errors import CommandError
from cli.intake.rules import Hours, Rule, read_rules


@pytest.mark.parametrize(
    ("span", "quiet", "loud"),
    [
        ("22:00-06:00", ["22:00", "23:59", "00:00", "05:59"], ["06:00", "12:00", "21:59"]),
        ("08:00-17:30", ["08:00", "17:29"], ["07:59", "17:30"]),
        (None, [], ["00:00", "12:00"]),
    ],
)
def test_quiet_hours(span: str | None, quiet: list[str], loud: list[str]) -> None:
    hours = Hours.of(span)
    assert all(hours.are_now(time.fromisoformat(one)) for one in quiet)
    assert not any(hours.are_now(time.fromisoformat(one)) for one in loud)
    with pytest.raises(CommandError):
        Hours.of("later")


@pytest.mark.parametrize("text", ["- a", "Riverbend: 3", "Riverbend: {unknown: 1}", "Riverbend: {decide: 3}", "a: ["])
def test_rules_that_are_none_are_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "rules.yaml").write_text(text)
    with pytest.raises(CommandError):
        read_rules(tmp_path / "rules.yaml")


def test_rules_are_read(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("Riverbend Water:\n  recipe: Monthly\n  decide: {C241: skip}\n7:\n")
    known = read_rules(tmp_path / "rules.yaml")
    assert known == {"riverbend water": Rule(recipe="Monthly", decide={"C241": "skip"}), "7": Rule()}
