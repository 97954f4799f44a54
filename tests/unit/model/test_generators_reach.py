"""What the property tests can find at all: each code and each choice turns up in what they draw."""

from collections.abc import Iterator
from datetime import date
from random import Random

import pytest

from shared.contracts.codes import CODES
from tests.support.generators.answers import CHOICES
from tests.support.generators.drawing import Drawer
from tests.support.generators.files import KINDS, draw_history
from tests.support.model import Verdict
from tests.support.model.job import Job, Kind

_TODAY = date(2026, 11, 22)
Reached = tuple[set[str], set[tuple[str, str]], set[str]]
_DRAWS = 200
_TEMPLATES = {"autopay_moved", "paperless_started", "email_changed", "activation", "account_added"}
# What the model is not asked: how a file is read, and what only the running system or a second writer can cause.
_ELSEWHERE = {
    *("F001", "F002", "F003", "F004", "F005", "F006", "F008", "F009", "F015", "F020", "F021"),
    *("R104", "R106", "R107", "W302", "W303", "W304", "W305", "W306", "W307", "W308", "W309"),
    *("F017", "F018", "F098", "F099", "R198", "R199", "S405", "W351"),
    "R135",  # of a round, whose oracle is the import of the corrected file at once
    *(
        "F023",
        "F024",
        "R161",
        "R162",
        "R163",
        "R164",
        "W334",
        "W335",
        "W336",
    ),  # of an undo, whose oracle is the state before the import
}
_KNOWN = {number for number, code in CODES.items() if not code.is_retired} - _ELSEWHERE


def _drawn(kind: Kind) -> Iterator[tuple[Job, Verdict]]:
    for seed in range(5400, 5400 + _DRAWS):
        for is_large in (False, True):
            history = draw_history(Drawer(Random(seed).randrange), kind, _TODAY, is_large=is_large)
            for case in history:
                for one, verdict in case.checks:
                    yield Job(one.definition, one.file, one.circumstances), verdict


@pytest.fixture(scope="module")
def reached() -> Reached:
    """Codes, choices where their code occurs, and what customers are told."""
    codes: set[str] = set()
    choices: set[tuple[str, str]] = set()
    templates: set[str] = set()
    for kind in KINDS:
        for job, verdict in _drawn(kind):
            found = {
                *verdict.findings,
                *verdict.refused,
                *(code for row in verdict.rows.values() for code in row.codes),
            }
            codes |= found
            templates |= {template for _, template in verdict.notices}
            choices |= {(code, choice) for code, choice in job.choices.items() if code in found}
    return codes, choices, templates


def test_every_code_is_reached(reached: Reached) -> None:
    assert len(_KNOWN) > 80
    unreached = sorted(_KNOWN - reached[0])
    assert unreached == [], "tests/support/model raises it in no file that tests/support/generators draws"


def test_every_choice_is_reached(reached: Reached) -> None:
    unreached = sorted({(code, choice) for code, choices in CHOICES.items() for choice in choices} - reached[1])
    assert unreached == [], "tests/support/generators draws no file in which the choice is made of its code"


def test_every_template_is_reached(reached: Reached) -> None:
    assert reached[2] == _TEMPLATES
