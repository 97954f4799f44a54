"""Decisions are named by options, where no definition file is read any more."""

from functools import partial
from typing import cast

import pytest
from rich.console import Console

from cli.bodies import Check
from cli.decisions import ask_decisions, named_decisions
from cli.errors import CommandError, HeldError
from cli.retrying import confirm_round


def _check(*undecided: str) -> Check:
    findings = [
        {"code": code, "title": "Title", "remedy": "", "count": 1, "choices": ["skip", "attest"]}
        for code in ("C241", "C242", "C207")
    ]
    return cast("Check", {"import_id": "abc", "findings": findings, "undecided": list(undecided)})


def test_decisions_are_named_by_options() -> None:
    assert named_decisions(["C241=skip", "C202=continue:12"]) == {
        "C241": {"choice": "skip"},
        "C202": {"choice": "continue", "typed_count": 12},
    }


@pytest.mark.parametrize("text", ["C241", "skip", "C241:skip", "C202=continue:x"])
def test_what_is_no_decision_is_refused(text: str) -> None:
    with pytest.raises(CommandError) as refused:
        named_decisions([text])
    assert "C241=skip" in refused.value.remedy


def test_where_nobody_is_asked_the_option_is_named() -> None:
    with pytest.raises(HeldError) as held:
        ask_decisions(Console(), _check("C241", "C207"))
    assert "`customer-import watch abc --decide C241=skip`" in held.value.remedy
    assert "definition" not in held.value.remedy


def test_a_round_starts_with_the_decisions_that_were_named() -> None:
    named = named_decisions(["C241=attest", "C247=skip"])
    confirm = partial(confirm_round, Console(), named=named)
    assert confirm(_check("C241", "C207"), agreed=False) == {"C241": {"choice": "attest"}}
    with pytest.raises(HeldError):
        confirm(_check("C241", "C242"), agreed=True)
    with pytest.raises(HeldError):
        confirm(_check("C207"), agreed=False)
    assert confirm(_check("C207"), agreed=True) == {"C241": {"choice": "attest"}}
