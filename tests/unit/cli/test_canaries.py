"""What a definition decides holds with a canary as it holds without one."""

from typing import cast

from rich.console import Console

from cli.bodies import Check, Definition
from cli.canaries import asking_beside, held_first


def _check(*codes: str, undecided: tuple[str, ...] = ()) -> Check:
    return cast("Check", {"findings": [{"code": code} for code in codes], "undecided": list(undecided)})


def test_decisions_on_codes_with_a_default_are_sent_along() -> None:
    decide = {"C202": {"choice": "skip"}, "C215": {"choice": "replace"}, "C232": {"choice": "oversight"}}
    content, named = held_first(cast("Definition", {"decide": decide}))
    assert content["decide"] == "ask"
    answers = asking_beside(named)(Console(), _check("C202", "C232", "W304", undecided=("C202",)))
    assert answers == {"C202": {"choice": "skip"}, "C232": {"choice": "oversight"}}
