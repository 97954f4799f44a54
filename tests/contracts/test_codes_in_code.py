"""Codes and choices that code treats specially have one name, in `shared/contracts/codes/names.py`."""

import re

from shared.contracts.codes import CODES, names
from tests.support.texts import texts

_VALUES = {value for name, value in vars(names).items() if name.isupper() and isinstance(value, str)}
_CODES = {value for value in _VALUES if re.fullmatch(r"[A-Z]\d{3}", value)}
_REGISTRY = "shared/contracts/codes/"


def test_what_is_named_exists() -> None:
    assert set(CODES) >= _CODES
    assert {choice for code in CODES.values() for choice in code.choices} >= _VALUES - _CODES
    assert set(names.NAMED_CODES.values()) <= _CODES


def test_code_and_templates_use_the_names() -> None:
    literal = re.compile(rf"""["'](?:{"|".join(sorted(_CODES))}|{names.REPLACE_OWNER})["']""")
    bare = [
        f"{path}:{number}"
        for path, text in texts("services", "shared", "cli", endings=(".py", ".html"))
        if not str(path).startswith(_REGISTRY)
        for number, line in enumerate(text.splitlines(), 1)
        if literal.search(line.partition("  #")[0]) and not _is_sql(line)
    ]
    assert bare == [], "use the name that shared/contracts/codes/names.py gives it"


def _is_sql(line: str) -> bool:
    return bool(re.search(r"\b(?:THEN|ELSE|WHERE|ARRAY|IN|AND|WHEN)\b", line))
