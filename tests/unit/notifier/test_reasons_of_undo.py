"""A row that an undo leaves alone was changed since the import, any other since the check."""

import pytest

from services.notifier.domain import reason_of


@pytest.mark.parametrize("code", ["R161", "R162", "R163", "R164"])
def test_what_an_undo_leaves_alone_was_changed_since_the_import(code: str) -> None:
    assert "What changed since the import: " in reason_of([code], ["login"])


@pytest.mark.parametrize("codes", [["R198"], ["R198", "W335"]])
def test_what_is_held_at_the_run_was_changed_since_the_check(codes: list[str]) -> None:
    assert "What changed since the check: " in reason_of(codes, ["login"])
