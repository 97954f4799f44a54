"""One row as the check would decide it, while somebody corrects its cells: by the same code, and nothing of it is kept.

Rows that belong together with it come along. What others of the file say of it is not known here; the check says it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final
from uuid import uuid4

from services.validation.check import Tools, context_of, decide, subject_of
from services.validation.domain.context import Context
from services.validation.reading import FileReading, Lines, Refused
from services.validation.repository import crm, facts, one_row, plan, rounds, staged
from services.validation.repository.facts import Facts
from services.validation.repository.one_row import Checked
from services.validation.repository.tables import WorkingTables
from shared.auth import Person
from shared.contracts.rights import allows
from shared.contracts.row_check import RowCheck, RowJudged
from shared.errors import Conflict, NotFound, Unavailable
from shared.postgres import Connection, Database
from shared.rights import right_of

_SECONDS: Final = 2.0  # somebody types meanwhile
_MEGABYTES: Final = 16
_AT_ONCE: Final = 4
_TURN_SECONDS: Final = 0.5
Judge = Callable[[Person, RowCheck], Awaitable[RowJudged]]


async def judge_row(database: Database, tools: Tools, person: Person, asked: RowCheck) -> RowJudged:
    """Raises NotFound, Conflict where no rows of the import can be corrected, Unavailable where it takes too long."""
    try:
        async with asyncio.timeout(_SECONDS), _forgotten(database) as connection:
            checked = await _open(connection, person, asked)
            known = await _known(connection, checked, asked)
            doubts = await one_row.doubts(connection, asked.import_id)
            context = await context_of(connection, known, tools, doubts)
            return await _judged(connection, checked, known, context, asked)
    except TimeoutError:
        raise Unavailable("unavailable", "The row could not be checked in time", remedy="Try again") from None


class Turns:
    """Few rows are judged at once, whoever asks: each takes a connection and a thread from checks of whole files."""

    def __init__(self, judge: Judge, at_once: int = _AT_ONCE) -> None:
        self._judge = judge
        self._turns = asyncio.Semaphore(at_once)

    async def __call__(self, person: Person, asked: RowCheck) -> RowJudged:
        """Raises Unavailable where no turn comes soon, and what judging raises."""
        try:
            async with asyncio.timeout(_TURN_SECONDS):
                await self._turns.acquire()
        except TimeoutError:
            raise Unavailable("unavailable", "Too many rows are checked at the moment", remedy="Try again") from None
        try:
            return await self._judge(person, asked)
        finally:
            self._turns.release()


@asynccontextmanager
async def _forgotten(database: Database) -> AsyncIterator[Connection]:
    """A transaction of which nothing stays."""
    async with database.transaction(statement_timeout=_SECONDS) as connection:
        inner = connection.transaction()
        await inner.start()
        try:
            yield connection
        finally:
            await inner.rollback()


async def _open(connection: Connection, person: Person, asked: RowCheck) -> Checked:
    checked = await one_row.find(connection, asked.import_id, is_tried_again=asked.is_tried_again)
    right = await right_of(connection, person.subject, checked.biller_id) if checked else None
    if checked is None or right is None or not allows(right, checked.kind):
        raise NotFound("import_not_found", "No such import, or you don't have access to it", "import_id")
    if not checked.is_open:
        raise Conflict("import_not_held", "The import is not waiting for a decision", "import_id")
    return checked


async def _known(connection: Connection, checked: Checked, asked: RowCheck) -> Facts:
    """What the next check would know, with the row's own file."""
    known = await facts.gather(connection, asked.import_id, checked.biller_id, checked.check_no + 1)
    options = known.definition.options.model_copy(update={"reading": asked.reading, "exclude_lines": ()})
    definition = known.definition.model_copy(update={"options": options, "values": asked.values})
    return replace(known, definition=definition, decisions={} if asked.is_tried_again else known.decisions)


async def _judged(
    connection: Connection, checked: Checked, known: Facts, context: Context, asked: RowCheck
) -> RowJudged:
    work = WorkingTables(connection)
    await staged.prepare(work, _MEGABYTES)
    reading = FileReading([asked.content.encode()], known.definition, biller_name=known.biller.name)
    try:
        pieces = await asyncio.to_thread(_read, reading, context, folds_case=known.biller.folds_case)
    except Refused as refused:
        return RowJudged(verdict=None, codes=(refused.code,))
    for piece in pieces:
        await staged.copy(connection, piece.columns, piece.text)
    for code, doubtful in reading.lines_in_doubt.items():
        # One row is no column: what the rest of it says is known from the check of them all.
        if asked.is_tried_again or code in context.doubts:
            await staged.put_in_doubt(connection, code, doubtful, goes_on=code in context.going_on)
    if asked.is_tried_again:
        await rounds.hold_accounts_beside(connection, asked.import_id, asked.lines)
    # Its plan is of no import, and forgotten with the transaction.
    subject = subject_of(uuid4(), checked.kind, known)
    await staged.find_shared_accounts(work, subject.kind.spec.conflict)
    await crm.look_up(work, subject)
    await decide(work, subject)
    await plan.write(work, subject, reading.rows)
    found = await one_row.judged(connection, subject.import_id, asked.line)
    return found or RowJudged(verdict=None, codes=())


def _read(reading: FileReading, context: Context, *, folds_case: bool) -> list[Lines]:
    """The staged lines; raises Refused."""
    reading.open(context, fold_case=folds_case)
    return list(iter(reading.next_lines, None))
