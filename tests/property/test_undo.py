"""An undo puts every table of the CRM back as it was, whatever ends it on the way; and what others write stays.

.venv/bin/python -m pytest tests/property/test_undo.py --examples=1000
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import assume, given, note
from hypothesis import strategies as st

from services.executor.repository import undo as taken_back
from services.validation.repository import plan
from shared.today import us_today
from tests.property.found import Registered
from tests.property.second_writer import SecondWriter, Touched
from tests.property.world import World
from tests.support.generators.crm import Loaded
from tests.support.generators.drawing import Drawer, seeded
from tests.support.generators.files import Case, draw_history
from tests.support.model.job import Kind
from tests.support.profiles import modest

_TODAY = us_today()
_ROWS_PER_CHUNK = 3
_KINDS = ["autopay", "paperless", "registration"]
_AUDIT = {"authorization_record"}
"""What customers agreed to stays on record, whatever becomes of the accounts."""


@pytest.fixture(scope="module", autouse=True)
def small_chunks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "_ROWS_PER_CHUNK", _ROWS_PER_CHUNK)
        yield


@st.composite
def _drawers(draw: st.DrawFn) -> Drawer:
    return seeded(draw)


# A chunk that fails again and again waits for an operator; here each kill is the first.
_TRIED_FIRST = "UPDATE execution.chunk SET not_before = now(), attempts = 0 WHERE import_id = $1"


class _Killed(Exception):
    """The process ended in the middle of a chunk."""


async def _imported(world: World, kind: Kind, drawer: Drawer) -> tuple[Case, Loaded, Registered, dict[str, str]]:
    """An import that has ended, and the tables before it."""
    case = draw_history(drawer, kind, _TODAY, is_large=drawer.chance(3))[0]
    assume(case.checks[-1][1].state == "approved")
    loaded = await world.load(case.state)
    before = await _tables(world, loaded)
    one = await world.register_case(case, loaded)
    for check_no, (decided, _) in enumerate(case.checks, start=1):
        if check_no > 1:
            await world.confirm(one, decided.circumstances.decisions, check_no - 1)
        result = await world.check(one)
    await world.run(one, result, check_no)
    return case, loaded, one, before


async def _tables(world: World, loaded: Loaded) -> dict[str, str]:
    return {table: rows for table, rows in (await world.written(loaded)).items() if table not in _AUDIT}


async def _to_the_end(world: World, undo: Registered, drawer: Drawer, patch: pytest.MonkeyPatch) -> None:
    """Chunk after chunk; now and then one is killed before it commits, or the whole undo is cancelled."""
    is_going = True
    while is_going:
        match drawer.one(("on", "on", "on", "kill", "cancel")):
            case "kill":
                with patch.context() as killing:
                    killing.setattr(taken_back, "note", _killed)
                    await world.step(undo)
                await world.write(_TRIED_FIRST, undo.import_id)
            case "cancel":
                await world.cancel(undo)
            case _:
                is_going = await world.step(undo)
    await world.finish(undo)


async def _killed(*_: object) -> None:
    raise _Killed


@pytest.mark.parametrize("kind", _KINDS)
@modest(34)
@given(drawer=_drawers())
async def test_an_undo_puts_everything_back(world: World, kind: Kind, drawer: Drawer) -> None:
    _, loaded, one, before = await _imported(world, kind, drawer)
    applied = {line for line, row in (await world.results(one)).items() if row.outcome == "applied"}
    left = applied
    with pytest.MonkeyPatch.context() as patch:
        while left:
            undo = await world.register_undo(one)
            await world.approve_undo(undo)
            await _to_the_end(world, undo, drawer, patch)
            results = await world.results(undo)
            note(f"left {sorted(left)}: {results}")
            assert results.keys() == applied
            assert {line for line, row in results.items() if row.outcome == "no_change"} == applied - left
            assert {row.outcome for row in results.values()} <= {"applied", "no_change", "skipped"}
            left = left - {line for line, row in results.items() if row.outcome == "applied"}
    assert await _tables(world, loaded) == before


Key = tuple[str, Any]
Records = Mapping[Key, Mapping[str, Any]]
_LEFT_ALONE = {"R161", "R162", "R163", "R198"}
_ROWS = """
SELECT p.line_no, p.leader_line, p.account_number, p.email, p.login_name, p.owner_id, r.customer_id, r.login_id
FROM validation.plan_row p JOIN execution.row_result r USING (import_id, line_no) WHERE p.import_id = $1
"""


@dataclass
class _Written:
    """What another writer left, cell by cell, whatever it wrote before; and the records that it removed.

    What it has put back as it found it is as if it had never been written: nobody could tell.
    """

    cells: dict[tuple[Key, str], Any] = field(default_factory=dict)
    found: dict[tuple[Key, str], Any] = field(default_factory=dict)
    gone: set[Key] = field(default_factory=set)

    def note(self, before: Records, after: Records) -> None:
        self.gone -= after.keys()
        for key in before.keys() - after.keys():
            self.gone.add(key)
            self.cells = {(record, column): value for (record, column), value in self.cells.items() if record != key}
        for key, record in after.items():
            was = before.get(key, {})
            for column, value in record.items():
                if was.get(column, _NONE) != value:
                    self.found.setdefault((key, column), was.get(column, _NONE))
                    self.cells[key, column] = value

    def lost(self, now: Records) -> list[object]:
        """What does not stand as it was written."""
        return [
            *(key for key in self.gone if key in now),
            *(
                (key, column, value, now.get(key, {}).get(column, _NONE))
                for (key, column), value in self.cells.items()
                if value != self.found[key, column] and now.get(key, {}).get(column, _NONE) != value
            ),
        ]


_NONE = "no such record"


@pytest.mark.parametrize("kind", _KINDS)
@modest(34)
@given(drawer=_drawers())
async def test_an_undo_loses_nothing_that_others_wrote(world: World, kind: Kind, drawer: Drawer) -> None:
    case, loaded, one, _ = await _imported(world, kind, drawer)
    rows = {row["line_no"]: row for row in await world.read(_ROWS, one.import_id)}
    applied = {line for line, row in (await world.results(one)).items() if row.outcome == "applied"}
    assume(applied)
    written = _Written()
    touched = Touched()
    writer = SecondWriter(world, kind, drawer, touched)

    async def others_write() -> None:
        for _ in range(drawer.one((0, 1, 1, 2, 4))):
            state, known = await world.dump(case.state, loaded)
            before = await world.records_of(loaded)
            await writer.change(state, known, [row["account_number"] for row in rows.values() if row["account_number"]])
            written.note(before, await world.records_of(loaded))

    await others_write()
    undo = await world.register_undo(one)
    await world.approve_undo(undo)
    is_going = True
    while is_going:
        await others_write()
        is_going = await world.step(undo)
    await world.finish(undo)
    assert written.lost(await world.records_of(loaded)) == []
    results = await world.results(undo)
    assert results.keys() == applied
    reasons = await world.read("SELECT line_no, changed FROM execution.row_result WHERE import_id = $1", undo.import_id)
    why = {row["line_no"]: row["changed"] for row in reasons}
    for line, result in results.items():
        if result.outcome == "applied":
            continue
        note(f"line {line}: {result}, {why[line]}")
        assert result.outcome == "held"
        assert result.codes <= _LEFT_ALONE
        assert why[line]
        group = [row for row in rows.values() if row["leader_line"] == rows[line]["leader_line"]]
        assert any(touched.concerns(row) for row in group)


@pytest.mark.parametrize("kind", _KINDS)
@modest(8)
@given(drawer=_drawers())
async def test_an_undo_that_is_undone_leaves_what_the_import_did(world: World, kind: Kind, drawer: Drawer) -> None:
    _, loaded, one, before = await _imported(world, kind, drawer)
    imported = await _tables(world, loaded)
    undo = await _undone(world, one)
    assert await _tables(world, loaded) == before
    await _undone(world, undo)
    assert await _tables(world, loaded) == imported
    await _undone(world, one)
    assert await _tables(world, loaded) == before


async def _undone(world: World, one: Registered) -> Registered:
    """The undo of an import, run without a disturbance."""
    undo = await world.register_undo(one)
    await world.approve_undo(undo)
    while await world.step(undo):
        pass
    await world.finish(undo)
    return undo
