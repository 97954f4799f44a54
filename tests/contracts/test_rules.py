"""docs/rules.md: numbered, short, complete; and whoever names a rule names one that there is."""

import re
from itertools import groupby

from shared.contracts.codes import CODES
from shared.contracts.rules_index import HEADING, codes_in, rules_in, with_index
from tests.support.texts import ROOT, texts

_PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
_RULES = rules_in(_PAGE.partition(HEADING)[0])
_GROUPS = tuple(dict.fromkeys(number.partition("-")[0] for number in _RULES))
_NAMED = re.compile(rf"(?<![\w/.-])({'|'.join(_GROUPS)})-(\d+|\*)(?![\w-])")
_LONGEST = 330


def test_the_index_is_current() -> None:
    assert with_index(_PAGE) == _PAGE, "run `customer-import admin rules docs/rules.md`"


def test_every_code_has_a_rule_and_every_rule_speaks_of_known_codes() -> None:
    spoken_of = {code for rule in _RULES.values() for code in codes_in(rule)}
    assert set(CODES) - spoken_of == set(), "docs/rules.md: write the rule that raises the code"
    assert spoken_of - set(CODES) == set(), "shared/contracts/codes does not have the code"


def test_the_codes_without_a_default_are_those_that_wait_for_an_answer() -> None:
    assert codes_in(_RULES["answer-4"]) == {
        number for number, code in CODES.items() if code.choices and code.default is None
    }, "docs/rules.md: name it in rule answer-4"


def test_numbers_are_consecutive() -> None:
    for group, numbers in groupby(_RULES, key=lambda number: number.partition("-")[0]):
        found = [int(number.partition("-")[2]) for number in numbers]
        assert found == list(range(1, len(found) + 1)), group
    assert len(_RULES) == _PAGE.count("- **"), "a number is given twice"


def test_a_rule_is_one_or_two_lines() -> None:
    long = {number: len(rule) for number, rule in _RULES.items() if len(rule) > _LONGEST}
    assert long == {}, f"say it in {_LONGEST} characters, or make it two rules"


def test_whoever_names_a_rule_names_one_that_there_is() -> None:
    unknown = [
        f"{path}: {match[0]}"
        for path, text in texts("services", "shared", "tests", "docs", "cli", "README.md", "CONTRIBUTING.md")
        for match in _NAMED.finditer(text)
        if match[2] != "*" and match[0] not in _RULES
    ]
    assert unknown == []


def test_every_group_of_rules_has_tests_that_name_it() -> None:
    named = {match[1] for _, text in texts("tests/unit", "tests/integration") for match in _NAMED.finditer(text)}
    assert set(_GROUPS) - named == set()
