"""The list of imports can be read where there is little room, and copied from where there is enough."""

import io
from typing import cast
from uuid import UUID

import pytest
from rich.console import Console

from cli.bodies import Listed
from cli.tables import imports_table

ITEM = cast(
    "Listed",
    {
        "import_id": str(UUID(int=2**127)),
        "defined_at": "2026-03-02T12:00:00Z",
        "biller_name": "Riverbend Water",
        "kind": "registration",
        "state": "completed_with_errors",
        "progress": {"rows_read": 1_000},
        "counts": {"read": 1_000, "applied": 900, "failed": 100},
    },
)


@pytest.mark.parametrize(("width", "is_whole"), [(80, False), (150, True)])
def test_biller_and_state_stay_readable(width: int, is_whole: bool) -> None:
    out = io.StringIO()
    console = Console(file=out, width=width, markup=False)
    console.print(imports_table([ITEM], width))
    [line] = [line for line in out.getvalue().splitlines() if "80000000" in line]
    assert "Riverbend" in line
    assert "registration" in line
    assert "Completed" in line
    assert "completed_with_errors" not in out.getvalue()
    assert (str(ITEM["import_id"]) in line) is is_whole


@pytest.mark.parametrize("width", [80, 100, 130, 150])
def test_a_number_and_a_word_are_never_cut(width: int) -> None:
    out = io.StringIO()
    counts = {"read": 1_234_567, "applied": 1_200_000, "failed": 98_765}
    large = cast("Listed", {**ITEM, "biller_name": "Riverbend Water and Sewer Authority", "counts": counts})
    Console(file=out, width=width, markup=False).print(imports_table([large], width))
    text = out.getvalue()
    assert "…" not in text
    assert all(word in text for word in ("1,234,567", "1,200,000", "98,765", "Riverbend", "Completed"))
    assert max(len(line.rstrip()) for line in text.splitlines()) <= width
