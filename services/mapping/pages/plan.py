"""The plan on the pages: every row with before and after, by pages; and a list of the rows that will not be applied."""

import io
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response, StreamingResponse

from services.mapping.pages.work import Services
from services.mapping.planned import ChangeFilter, EnrollmentFilter, PlannedRow, WantedRows
from services.mapping.usecases.plan import PLACE, lines_beside, rows_of, show_plan
from services.mapping.usecases.review import load_review
from shared.contracts.codes import CODES
from shared.contracts.contract import Name
from shared.contracts.outcomes import Outcome
from shared.contracts.plan import Verdict
from shared.csvfile import write_rows
from shared.web import SignedInVisitor, render, whole_number

router = APIRouter()
_OUTCOMES: Final = frozenset(Outcome)
_CHANGES: Final = frozenset(ChangeFilter)
_ENROLLMENTS: Final = frozenset(EnrollmentFilter)
_SIZES: Final = (50, 100)
_NOT_APPLIED: Final = {
    "to_fix": (Verdict.FAILED, Verdict.HELD),
    "not_applied": (Verdict.FAILED, Verdict.HELD, Verdict.SKIPPED),
}
_HEAD: Final = ("line", "account number", "result", "codes", "meaning", "remedy")

Code = Annotated[str, Query(pattern=r"^([A-Z][0-9]{3})?$")]


@router.get("/checks/{import_id}/plan")
async def show_whole_plan(
    request: Request,
    services: Services,
    visitor: SignedInVisitor,
    import_id: UUID,
    *,
    outcome: str = "",
    code: Code = "",
    line: str = "",
    text: Name = "",
    change: str = "",
    enrollment: str = "",
    invoice_type: Name = "",
    after: str = "",
    size: int = _SIZES[0],
) -> Response:
    """All rows, filtered by outcome, code, line, account number or email, kind of change, and enrollment."""
    wanted = WantedRows(
        verdict=Verdict.leading_to(Outcome(outcome)) if outcome in _OUTCOMES else None,
        code=code or None,
        line=whole_number(line) or None,
        text=text.strip() or None,
        change=ChangeFilter(change) if change in _CHANGES else None,
        enrollment=EnrollmentFilter(enrollment) if enrollment in _ENROLLMENTS else None,
        invoice_type=invoice_type or None,
    )
    seen = await load_review(services, visitor.person, import_id)
    size = size if size in _SIZES else _SIZES[0]
    place = after if PLACE.fullmatch(after) else None
    page = await show_plan(services, visitor.person, import_id, wanted, after=place, limit=size)
    beside = await lines_beside(services, visitor.person, import_id, page.items)
    given = {
        "outcome": outcome,
        "code": code,
        "line": wanted.line or "",
        "text": wanted.text or "",
        "change": wanted.change or "",
        "enrollment": wanted.enrollment or "",
        "invoice_type": invoice_type,
        "size": size,
    }
    return render(
        request,
        "plan.html",
        seen=seen,
        page=page,
        given=given,
        is_later=bool(after),
        sizes=_SIZES,
        beside=beside,
    )


@router.get("/checks/{import_id}/rows.csv")
async def download_rows(
    services: Services, visitor: SignedInVisitor, import_id: UUID, which: str = "to_fix"
) -> Response:
    """Rows that will not be applied, with why and what helps; cells that a spreadsheet would run are defused."""
    await load_review(services, visitor.person, import_id)
    name = which if which in _NOT_APPLIED else "to_fix"
    return StreamingResponse(
        _lines(rows_of(services, visitor.person, import_id, _NOT_APPLIED[name])),
        media_type="text/csv; charset=utf-8; header=present",
        headers={"content-disposition": f'attachment; filename="rows-{name.replace("_", "-")}-{import_id}.csv"'},
    )


async def _lines(pieces: AsyncIterator[list[PlannedRow]]) -> AsyncIterator[bytes]:
    yield _csv([_HEAD])
    async for rows in pieces:
        yield _csv(_line(row) for row in rows)


def _line(row: PlannedRow) -> list[str]:
    known = [CODES[code] for code in row.codes if code in CODES]
    return [
        str(row.line_no),
        row.account_number or "",
        row.verdict.outcome.planned_words,
        " ".join(row.codes),
        "; ".join(code.title for code in known),
        "; ".join(dict.fromkeys(code.remedy for code in known if code.remedy)),
    ]


def _csv(lines: Iterable[Sequence[str]]) -> bytes:
    out = io.BytesIO()
    write_rows(out, lines)
    return out.getvalue()
