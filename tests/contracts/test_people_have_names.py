"""Pages show the names of people, never the ID of an account where a name is known."""

import re
from typing import Final

from tests.support.texts import ROOT

_SHOWN: Final = re.compile(r"\{\{-? *([^{}]*?\b\w+_by\b[^{}]*?) *\}\}")
_FIELD: Final = re.compile(r"\b(\w+_by)\b")
# What is called so and is no person, or has the name already where it is read.
_OTHERS: Final = {
    "undone_by": "an import",
    "corrected_by": "correcting.py of mapping and rounds.py of the notifier read the name",
    "returned_by": "status.py of the notifier reads the name",
    "paused_by": "pauses.py of the notifier reads the name",
}


def test_fields_of_people_are_shown_by_name() -> None:
    templates = [*ROOT.glob("services/*/pages/templates/*.html"), *ROOT.glob("shared/web/templates/*.html")]
    assert templates
    shown = {
        f"{template.name}: {words}"
        for template in templates
        for words in _SHOWN.findall(template.read_text(encoding="utf-8"))
        if "names.get(" not in words and not set(_FIELD.findall(words)) <= _OTHERS.keys()
    }
    assert not shown, "show the name of the person: names.get(subject, subject), or read it with the record"
