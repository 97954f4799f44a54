"""Each page has one name: title, heading and end of the breadcrumb; steps have it from `draft.py`."""

import re
from pathlib import Path

import pytest

from services.mapping.draft import titles_of
from shared.contracts.kinds import ImportKind
from tests.support.texts import ROOT

_TEMPLATES = sorted(
    path
    for folder in ("services/mapping/pages/templates", "services/notifier/pages/templates")
    for path in (ROOT / folder).glob("*.html")
)
_HEADING = re.compile(r"<h1>(.*?)</h1>")
_TITLE = re.compile(r"\{% block title %\}(?:\{\{ \"Error: \" if problems \}\})?(.*?)\{% endblock %\}")
_CRUMB = re.compile(r'<li aria-current="page">(.*?)</li>')
_STEPS = [path for path in _TEMPLATES if '{% extends "wizard.html" %}' in path.read_text(encoding="utf-8")]
_OTHERS = [
    path
    for path in _TEMPLATES
    if path not in _STEPS and _HEADING.search(path.read_text(encoding="utf-8")) and path.name != "wizard.html"
]


@pytest.mark.parametrize("path", _STEPS, ids=lambda path: path.name)
def test_a_step_takes_its_name_from_the_list_of_steps(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not _HEADING.search(text)
    assert not _TITLE.search(text)
    keys = {key for kind in ImportKind for key, _ in titles_of(kind)}
    assert path.stem.replace("_", "-") in keys


@pytest.mark.parametrize("path", _OTHERS, ids=lambda path: path.name)
def test_title_heading_and_breadcrumb_are_one_name(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    [heading] = _HEADING.findall(text)
    [title] = _TITLE.findall(text) or ["Biller Customer Imports"]
    assert title == heading
    assert all(crumb == heading for crumb in _CRUMB.findall(text))


def test_steps_begin_with_what_is_to_be_done() -> None:
    titles = dict(titles_of(ImportKind.PAPERLESS))
    assert titles["columns"] == "Map columns"
    assert all(title[0].isupper() and title[1:] == title[1:].lower() for title in titles.values())
