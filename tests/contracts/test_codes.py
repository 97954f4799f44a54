"""The registry of codes says everything about a code, and knows every code there is."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.contracts.codes import CODES, Code, Level, by_weight, choice_words, code_title, counted, names
from shared.contracts.outcomes import Outcome

_ROOT = Path(__file__).parents[2]
_REGISTRY = _ROOT / "shared" / "contracts" / "codes"
_CODE = re.compile(r"(?<![A-Za-z0-9])[FRCWS][0-9]{3}(?![0-9A-Za-z])")

_SQL_COMMENT = re.compile(r"--[^\n]*")
_NO_CODES = {"S256"}  # the method of PKCE

# Codes of rows that are about no single cell.
_OF_THE_LINE = {
    "C243",  # the cell is in a column that nobody mapped
    *("R104", "R106", "R107"),  # the line itself cannot be read
    *("R161", "R162", "R163", "R164", "W334", "W335", "W336"),  # of an undo, which reads no file
    *("R198", "R199"),  # what happened at the run
    *("S404", "S405"),
    "W301",  # any cell may have been repaired
    *("W321", "W322", "W323", "W324", "W331", "W332", "W333", "W344", "W345"),  # what the CRM makes of a good row
}

_NAMED: dict[str, str] = {
    name: value for name, value in vars(names).items() if isinstance(value, str) and value in CODES
}


def _numbers(code: Code) -> str:
    return code.number


def _sources() -> Iterator[Path]:
    for folder in ("services", "shared", "cli"):
        yield from (path for path in (_ROOT / folder).rglob("*.py") if _REGISTRY not in path.parents)


def _raised() -> dict[str, str]:
    """Every code in a string of the programs, SQL included, or by its name, with one file; comments do not count."""
    found: dict[str, str] = {}
    for path in _sources():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id in _NAMED:
                found[_NAMED[node.id]] = str(path.relative_to(_ROOT))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                found |= dict.fromkeys(_CODE.findall(node.value), str(path.relative_to(_ROOT)))
    for path in sorted((_ROOT / "services").rglob("*.sql")):
        text = _SQL_COMMENT.sub("", path.read_text(encoding="utf-8"))
        found |= dict.fromkeys(_CODE.findall(text), str(path.relative_to(_ROOT)))
    return found


def test_every_code_that_is_raised_is_registered_and_every_registered_code_is_raised() -> None:
    raised = _raised()
    unknown = {code: file for code, file in raised.items() if code not in CODES.keys() | _NO_CODES}
    assert unknown == {}, "describe it in shared/contracts/codes"
    retired = {number for number, code in CODES.items() if code.is_retired}
    assert set(CODES) - set(raised) == retired, "nothing raises it, or it is raised and retired at once"


@pytest.mark.parametrize("code", CODES.values(), ids=_numbers)
def test_a_code_is_whole(code: Code) -> None:
    assert CODES[code.number] is code
    assert code.title
    assert code.title[0].isupper()
    for text in (code.title, code.remedy, *(choice.words for choice in code.choices.values())):
        assert text == text.strip()
        assert not text.endswith("."), "whoever shows it puts the full stop"
    assert bool(code.choices) == (code.level is Level.CONTINUABLE)
    assert code.is_of_the_whole or code.level is not Level.FILE


@pytest.mark.parametrize("code", [code for code in CODES.values() if code.choices], ids=_numbers)
def test_every_choice_has_words_and_a_true_outcome(code: Code) -> None:
    for name, choice in code.choices.items():
        assert choice.name == name
        assert choice.words
        assert choice_words(code.number, name) == choice.words != name
        assert code.lets_continue(name) is (choice.outcome is None)
    assert len({choice.words for choice in code.choices.values()}) == len(code.choices)
    if code.is_of_the_whole:
        assert (code.outcome, code.default, list(code.choices)) == (None, None, ["continue", "stop"])
        return
    # While nobody answers, a row ends as the choice says that does not let it continue: there is exactly one outcome.
    assert {choice.outcome for choice in code.choices.values() if choice.outcome} == {code.outcome}
    assert code.default is None or code.choices[code.default].outcome is code.outcome
    # Whoever is asked has something to choose: the rows continue, or they do not.
    assert any(map(code.lets_continue, code.choices)) is (len(code.choices) > 1)


@pytest.mark.parametrize("code", [code for code in CODES.values() if not code.choices], ids=_numbers)
def test_the_outcome_of_a_code_without_choices_follows_its_level(code: Code) -> None:
    expected: dict[Level, set[Outcome | None]] = {
        Level.FILE: {None},
        Level.ROW: {Outcome.FAILED, Outcome.HELD},
        Level.WARNING: {Outcome.NO_CHANGE if code.number in {"W333", "W334"} else None},
        Level.SKIPPED: {Outcome.SKIPPED},
    }
    assert code.outcome in expected[code.level]


@pytest.mark.parametrize("code", [code for code in CODES.values() if not code.is_of_the_whole], ids=_numbers)
def test_a_code_of_rows_leads_the_eye_to_a_cell(code: Code) -> None:
    leads = bool(code.fields or code.marks_account_number)
    assert leads is (code.number not in _OF_THE_LINE), "give it fields, or name it in _OF_THE_LINE, with why"


@pytest.mark.parametrize(
    ("number", "count", "words"),
    [
        ("R142", 1, "1 row"),
        ("C205", 1_200, "1,200 rows"),
        ("W304", 4, "4 columns"),
        ("W308", 1, "1 cell"),
        ("C204", 2, "2 logins"),
        ("C201", 1, "1 account not found"),
        ("C201", 1_200, "1,200 accounts not found"),
        ("C207", 3, "3 changes"),
        ("C203", 1, ""),  # said once of the whole file
        ("F001", 1, ""),
        ("R999", 7, "7"),
    ],
)
def test_what_is_counted_is_called_what_it_is(number: str, count: int, words: str) -> None:
    assert counted(number, count) == words


def test_what_weighs_most_comes_first() -> None:
    found = {"W304": 90, "S401": 3, "R142": 2, "R124": 29, "C202": 1, "C215": 8, "F006": 1}
    weights = {number: by_weight(number, count, is_open=number == "C202") for number, count in found.items()}
    assert sorted(found, key=weights.__getitem__) == ["F006", "C202", "C215", "R124", "R142", "S401", "W304"]


def test_what_only_a_newer_release_knows_stands_for_itself() -> None:
    assert code_title("R999") == "Code R999"
    assert choice_words("R999", "skip") == "skip"
    assert choice_words("C202", "guess") == "guess"
    assert not CODES["C202"].lets_continue("guess")
