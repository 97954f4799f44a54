"""The plan of an import: what will become of every row, with before and after."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from services.mapping import taken_back
from services.mapping.context import Context
from services.mapping.planned import (
    ALL_ROWS,
    Change,
    EnrollmentFilter,
    OtherAccounts,
    PlannedRow,
    WantedRows,
    changes_of,
    reaches_by_email,
)
from services.mapping.records import Import
from services.mapping.repository import billers, plan, reach, undo
from services.mapping.repository.plan import ALL_ENROLLMENTS, WantedEnrollments
from services.mapping.usecases.access import visible_import
from services.mapping.views import AccountsElsewhere, AlsoOwned, PlanChange, PlanPage, PlanRow, PlanSamples
from shared.audit import Act, Detail, record
from shared.auth import Person
from shared.contracts.codes.names import DISAGREEING
from shared.contracts.plan import Verdict
from shared.errors import Invalid
from shared.postgres import Connection

PLACE: Final = re.compile(r"([0-9]{1,9})\.([0-9]{1,10})")
_START: Final = (-1, 0)
_SAMPLES: Final = 3
_CANDIDATES: Final = 50  # of each kind; an enrolment may turn out to stay as it is
_ROWS_AT_ONCE: Final = 2_000


async def show_plan(
    context: Context,
    person: Person,
    import_id: UUID,
    wanted: WantedRows = ALL_ROWS,
    *,
    after: str | None = None,
    limit: int,
) -> PlanPage:
    place = _place(after)
    async with context.database.connection() as connection:
        item, _ = await visible_import(connection, person, import_id)
        enrollments = await _enrollments(connection, item, wanted)
        found = await plan.page(connection, import_id, wanted, enrollments, after=place, limit=limit + 1)
        removed_at = None if found else await plan.rows_removed_at(connection, import_id)
        page = found[:limit]
        rows = await _rows_with_results(connection, item, page)
        await _record(connection, item, person, "plan", len(page))
    last = f"{page[-1].chunk_no}.{page[-1].line_no}" if len(found) > limit else None
    return PlanPage(items=rows, next=last, removed_at=removed_at)


async def _enrollments(connection: Connection, item: Import, wanted: WantedRows) -> WantedEnrollments:
    """How the plan of this import knows the enrollments asked for. Raises Invalid where it knows nothing of them."""
    if item.undoes and (wanted.change or wanted.enrollment or wanted.invoice_type):
        raise Invalid("invalid", "Rows of an undo are not found by what changes", "query", "Use another filter")
    types, code = _types(item), wanted.invoice_type
    if code is not None and code not in types:
        raise Invalid("invalid", f"The import has no invoice type {code}", "query.invoice_type", _one_of(types))
    match wanted.enrollment:
        case None if code is None:
            return ALL_ENROLLMENTS
        case EnrollmentFilter.WITHOUT_BILL:
            asked = types if code is None else [code]
            return WantedEnrollments(without_bill=await billers.ids_of_types(connection, item.biller_id, asked))
        case None:
            changes = [EnrollmentFilter.NEW, EnrollmentFilter.CHANGED]
        case EnrollmentFilter.TO_CONFIRM:
            changes = [EnrollmentFilter.NEW]
        case change:
            changes = [change]
    place = None if code is None else types.index(code) + 1
    return WantedEnrollments(changes, place, waits=wanted.enrollment is EnrollmentFilter.TO_CONFIRM)


def _types(item: Import) -> list[str]:
    return list(item.definition.get("invoice_types") or ())


def _one_of(types: Sequence[str]) -> str:
    return f"Use one of: {', '.join(types)}" if types else "This kind of import has none"


async def lines_beside(
    context: Context, person: Person, import_id: UUID, rows: Sequence[PlanRow]
) -> dict[int, list[int]]:
    """Of each row that disagrees with another one of its account, the lines of the others."""
    numbers = {row.account_number for row in rows if row.account_number and DISAGREEING.intersection(row.codes)}
    if not numbers:
        return {}
    async with context.database.connection() as connection:
        await visible_import(connection, person, import_id)
        found = await plan.lines_of_accounts(connection, import_id, sorted(numbers))
    return {
        row.line: [line for line in found.get(row.account_number or "", ()) if line != row.line]
        for row in rows
        if DISAGREEING.intersection(row.codes)
    }


async def show_samples(context: Context, person: Person, import_id: UUID, *, most: int = _SAMPLES) -> PlanSamples:
    async with context.database.connection() as connection:
        item, _ = await visible_import(connection, person, import_id)
        await _record(connection, item, person, "samples")
        if item.undoes:
            return await _samples_of_undo(connection, item, most)
        found = await plan.samples(connection, import_id, _CANDIDATES)
        kinds = {kind: telling(kind, await _rows(connection, item, rows), most) for kind, rows in found.items()}
        planned = {row.line_no: row for rows in found.values() for row in rows}
        return await _samples(connection, item, planned, {kind: rows for kind, rows in kinds.items() if rows})


async def _samples_of_undo(connection: Connection, item: Import, most: int) -> PlanSamples:
    first = await plan.page(connection, item.id, WantedRows(verdict=Verdict.APPLY), limit=_CANDIDATES)
    rows = await _rows(connection, item, first)
    kinds = sorted({change.what for row in rows for change in row.changes})
    planned = {row.line_no: row for row in first}
    return await _samples(connection, item, planned, {kind: telling(kind, rows, most) for kind in kinds})


async def _samples(
    connection: Connection, item: Import, planned: Mapping[int, PlannedRow], kinds: Mapping[str, Sequence[PlanRow]]
) -> PlanSamples:
    """The chosen rows with all that the plan says of them."""
    lines = dict.fromkeys(row.line for rows in kinds.values() for row in rows)
    whole = {row.line: row for row in await _rows_with_results(connection, item, [planned[line] for line in lines])}
    return PlanSamples(kinds={kind: [whole[row.line] for row in rows] for kind, rows in kinds.items()})


async def rows_of(
    context: Context, person: Person, import_id: UUID, verdicts: Sequence[Verdict]
) -> AsyncIterator[list[PlannedRow]]:
    """The rows with these verdicts, some thousands at a time rather than from one long cursor: a reader may be slow."""
    async with context.database.connection() as connection:
        item, _ = await visible_import(connection, person, import_id)
        told: Detail = {"what": "plan", "verdicts": ",".join(verdicts)}
        await record(
            connection, Act.DOWNLOADED, person.subject, import_id=item.id, biller_id=item.biller_id, detail=told
        )
    for verdict in verdicts:
        place = _START
        while True:
            async with context.database.connection() as connection:
                found = await plan.page(
                    connection, import_id, WantedRows(verdict=verdict), after=place, limit=_ROWS_AT_ONCE
                )
            if not found:
                break
            yield found
            place = (found[-1].chunk_no, found[-1].line_no)


async def _record(connection: Connection, item: Import, person: Person, what: str, count: int | None = None) -> None:
    seen: Detail = {"what": what, "count": count}
    await record(connection, Act.ROWS_SEEN, person.subject, import_id=item.id, biller_id=item.biller_id, detail=seen)


def telling(kind: str, rows: Sequence[PlanRow], most: int = _SAMPLES) -> list[PlanRow]:
    """The most telling ones: first a row of each combination of changes, then others like them."""
    found = [row for row in rows if any(change.what == kind for change in row.changes)]
    combinations: dict[frozenset[tuple[str, bool]], PlanRow] = {}
    for row in found:
        combinations.setdefault(frozenset((one.what, bool(one.before)) for one in row.changes), row)
    different = list(combinations.values())
    return [*different, *(row for row in found if row not in different)][:most]


def _place(after: str | None) -> tuple[int, int]:
    if after is None:
        return _START
    known = PLACE.fullmatch(after)
    if known is None or int(known[2]) >= 2**31:
        raise Invalid("invalid", "No such place in the plan", "query.after", "Use `next` of the previous page")
    return int(known[1]), int(known[2])


async def _rows_with_results(connection: Connection, item: Import, rows: Sequence[PlannedRow]) -> list[PlanRow]:
    """The rows of the plan, each with what became of it once that is known."""
    results = await plan.results(connection, item.id, [row.line_no for row in rows])
    owned = {} if item.undoes else await _also_owned(connection, item, rows)
    return [
        row.model_copy(update={"result": results.get(row.line), "also_owned": owned.get(row.line)})
        for row in await _rows(connection, item, rows)
    ]


async def _also_owned(connection: Connection, item: Import, rows: Sequence[PlannedRow]) -> dict[int, AlsoOwned]:
    """By line, which other accounts a new email of the login reaches; of other billers only how many."""
    asked = [row for row in rows if row.login_id is not None and reaches_by_email(row)]
    found = await reach.other_accounts(connection, item.biller_id, asked) if asked else {}
    return {row.line_no: _owned(found.get(row.line_no, ())) for row in asked}


def _owned(found: Sequence[OtherAccounts]) -> AlsoOwned:
    here = next((one for one in found if one.numbers is not None), None)
    return AlsoOwned(
        account_numbers=list(here.numbers or ()) if here else [],
        accounts=here.accounts if here else 0,
        elsewhere=[AccountsElsewhere(biller=one.biller, accounts=one.accounts) for one in found if one is not here],
    )


async def _rows(connection: Connection, item: Import, rows: Sequence[PlannedRow]) -> list[PlanRow]:
    if item.undoes:
        applied = [row.line_no for row in rows if row.verdict is Verdict.APPLY]
        shown = await undo.shown(connection, item.id, applied)
        return [_row(row, taken_back.changes_of(shown.get(row.line_no, ()))) for row in rows]
    types = _types(item)
    effective = (item.definition.get("options") or {}).get("effective_date")
    earliest = None if effective is None else date.fromisoformat(effective)
    moved = [row for row in rows if row.method_kind and EnrollmentFilter.CHANGED in (row.enrollment_changes or ())]
    methods = await reach.methods_before(connection, item.id, moved) if moved else {}
    return [_row(row, changes_of(row, types, earliest, methods.get(row.line_no, {}))) for row in rows]


def _row(row: PlannedRow, changes: Sequence[Change]) -> PlanRow:
    return PlanRow(
        line=row.line_no,
        outcome=row.verdict.outcome,
        codes=list(row.codes),
        account_number=row.account_number,
        changes=[PlanChange.model_validate(change) for change in changes],
    )
