"""The list of imports can be read where there is little room, and copied from where there is enough."""

import io
from uuid import UUID

import pytest
from rich.console import Console

from cli.bodies import Status
from cli.tables import imports_table

ITEM: Status = {
    "import_id": str(UUID(int=2**127)),
    "defined_at": "2026-03-02T12:00:00Z",
    "biller_name": "Riverbend Water",
    "kind": "registration",
    "state": "completed_with_errors",
    "progress": {"rows_read": 1_000},
    "counts": {"read": 1_000, "applied": 900, "failed": 100},
}


@pytest.mark.parametrize(("width", "is_whole"), [(80, False), (130, True)])
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
