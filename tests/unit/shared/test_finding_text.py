"""The words of a finding, kept with it or, of earlier releases, not."""

from typing import Any, cast
from uuid import UUID

import pytest
from rich.console import Console

from cli import bodies
from cli.tables import findings_table
from services.mapping.domain import Check, Finding
from services.mapping.views import check_body
from services.notifier import records
from services.notifier.views import FoundCode
from shared.contracts.codes import CODES
from shared.contracts.finding_text import FindingText, finding_text
from shared.contracts.plan import Impact

_WORDS = {"message": "Two delimiters fit the file", "remedy": "Choose the delimiter"}


@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        ({}, FindingText("", "", "")),
        ({"line": 3}, FindingText("", "", "line 3")),
        (
            {"line": 12000, "column": 2} | _WORDS,
            FindingText("Two delimiters fit the file", "Choose the delimiter", "line 12,000, column 2"),
        ),
        ({"column": 4, "message": None}, FindingText("", "", "column 4")),
        ({"line": 2, "column": 3, "name": "Meter Serial"}, FindingText("", "", "line 2, column 3 (Meter Serial)")),
        ({"places": ["columns.email"], "line": "x"}, FindingText("", "", "")),
    ],
)
def test_words_and_place(detail: dict[str, Any], expected: FindingText) -> None:
    assert finding_text(detail) == expected


@pytest.mark.parametrize(
    ("detail", "quoted", "counted"),
    [
        ({"words": {"role": {"Jane": 2, "": 3}}}, "\u201cJane\u201d (2), other cells (3)", "5 rows"),
        ({"columns": [{"name": "Notes", "words": {"closed": 1}}]}, "\u201cclosed\u201d (1)", "1 row"),
    ],
)
def test_values_are_counted_where_others_read_them(detail: dict[str, Any], quoted: str, counted: str) -> None:
    assert finding_text(detail).message.endswith(f": {quoted}")
    assert finding_text(detail, quoting=False).message.endswith(f": {counted}")


@pytest.mark.parametrize("detail", [{"line": 3, "column": 1} | _WORDS, {"line": 3, "column": 1}, {}])
def test_every_surface_says_them_and_falls_back_on_the_code(detail: dict[str, Any]) -> None:
    check = Check(1, "rejected", 0, (), (Finding("F001", 1, detail),), Impact())
    shown = check_body(UUID(int=1), check, {}, second_person_needed=False).findings[0]
    found = FoundCode.of(records.Finding("F001", 1, detail, []))
    place = "line 3, column 1" if detail else ""
    for one in (shown, found):
        assert one.title == CODES["F001"].title
        assert (one.message, one.place) == (detail.get("message", ""), place)
        assert one.remedy == detail.get("remedy", CODES["F001"].remedy)
    console = Console(record=True, width=200)
    listed = cast("bodies.Check", {"check_no": 1, "findings": [shown.model_dump()], "undecided": [], "answers": {}})
    console.print(findings_table(listed))
    text = console.export_text()
    assert detail.get("message", CODES["F001"].title) in text
    assert shown.remedy in text
    assert place in text
