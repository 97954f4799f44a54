"""The check of an undo: no file is read; each row that the import had applied is compared with what it left."""

from typing import Final

from services.validation.conclusion import CheckResult, Conclusion
from services.validation.progress import raise_if_cancelled
from services.validation.repository import facts, findings, undo
from services.validation.repository.checks import Claim, Finding
from services.validation.repository.facts import Facts
from services.validation.repository.undo import Choice, Undone
from shared.contracts.codes.names import SECOND_PERSON
from shared.contracts.events import Counts
from shared.contracts.kinds import ImportKind
from shared.contracts.plan import Impact
from shared.contracts.rights import Right, allows, may_undo
from shared.postgres import Connection, Database

_NO_RIGHT: Final = "F011"
_TOO_LATE: Final = "F023"
_NOTHING_CHOSEN: Final = "F024"
_NOT_APPLIED: Final = "W336"
_NOBODY_GETS_LOG: Final = "W351"
_CHUNKS_BETWEEN_LOOKS: Final = 20


async def check_undo(
    database: Database, connection: Connection, claim: Claim, conclusion: Conclusion, days: int
) -> CheckResult:
    undone = await undo.undone_by(connection, claim.import_id, days)
    known = await facts.gather(connection, claim.import_id, claim.biller_id, claim.check_no)
    if code := _refusal(undone, known.right, claim.kind):
        return await conclusion.refused([Finding(code, 1, {})])
    choice = await _choice(connection, known, undone)
    if undone.chosen and not choice.chunks:
        return await conclusion.refused([Finding(_NOTHING_CHOSEN, 1, {})])
    await undo.begin(connection)
    for place, chunk_no in enumerate(choice.chunks):
        if place % _CHUNKS_BETWEEN_LOOKS == 0:
            await raise_if_cancelled(database, claim.import_id)
        await undo.plan_chunk(connection, claim.import_id, undone.import_id, chunk_no, chosen=bool(undone.chosen))
    return await _concluded(connection, claim, conclusion, known, undone, choice)


async def _choice(connection: Connection, known: Facts, undone: Undone) -> Choice:
    """The chunks to plan: of the whole import, or those with chosen rows."""
    if undone.chosen is None:
        return Choice(undone.chunks, 0)
    return await undo.choose(connection, undone.import_id, undone.chosen, folds_case=known.biller.folds_case)


async def _concluded(
    connection: Connection, claim: Claim, conclusion: Conclusion, known: Facts, undone: Undone, choice: Choice
) -> CheckResult:
    size = await undo.size(connection, claim.import_id)
    found = await findings.row_findings(connection, 0) | _of_the_whole(known, undone, size.to_apply)
    if choice.not_applied:
        found[_NOT_APPLIED] = Finding(_NOT_APPLIED, choice.not_applied, {})
    impact = Impact(
        customers_of_biller=await facts.customers_of(connection, claim.biller_id),
        customers_touched=await undo.customers(connection, claim.import_id),
        taken_back=await undo.taken_back(connection, claim.import_id, undone.import_id),
    )
    planned = Counts(**await findings.planned_counts(connection))
    return await conclusion.undo(known, found, planned, impact, rows=size.rows, chunks=size.chunks)


def _of_the_whole(known: Facts, undone: Undone, to_apply: int) -> dict[str, Finding]:
    """An undo is as large as the import was: where that needed a second person, so does this."""
    found = {}
    if undone.was_seconded and to_apply:
        found[SECOND_PERSON] = Finding(SECOND_PERSON, to_apply, {"undo": {"count": to_apply}})
    if not known.has_recipients:
        found[_NOBODY_GETS_LOG] = Finding(_NOBODY_GETS_LOG, 1, {})
    return found


def _refusal(undone: Undone, right: Right | None, kind: ImportKind) -> str | None:
    if not allows(right, kind) or not may_undo(right):
        return _NO_RIGHT
    return _TOO_LATE if undone.is_too_late or not undone.has_ended else None
