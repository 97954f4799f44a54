"""Others write the CRM between check and run, and between chunks: nothing that they change is overwritten.

.venv/bin/python -m pytest tests/property/test_second_writer.py --examples=1000
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import assume, given, note
from hypothesis import strategies as st

from services.validation.repository import plan
from shared.contracts.codes.names import NOT_AS_PLANNED
from shared.today import us_today
from tests.property.found import Registered
from tests.property.second_writer import SecondWriter, Touched
from tests.property.world import STATE_PARTS, World
from tests.support.generators.crm import Loaded
from tests.support.generators.drawing import Drawer, seeded
from tests.support.generators.files import Case, draw_history
from tests.support.model import CrmState, RowResult, Verdict, check
from tests.support.model.job import Kind
from tests.support.model.state import Autopay, CustomerKey, Link, Login
from tests.support.profiles import modest

_TODAY = us_today()
_ROWS_PER_CHUNK = 3
_NEW = "new:"
_AMONG_ROWS = {"R131", "R151", "R152", "R153", "C219", "C224", "C242", "C244", "C245"}
"""A row that needed nothing may want something in this world, and stand against another of the file; and a column says
less of fewer rows."""
_BY_NUMBER = {"C223"}
"""A customer that the file named is the same one under a new number; a file that is read again does not name it."""
_TO_BE_DONE = {"applied", "no_change"}
_PLAN = """
SELECT line_no, leader_line, verdict, chunk_no, account_number, email, login_name, customer_id, login_id, owner_id
FROM validation.plan_row WHERE import_id = $1
"""


@pytest.fixture(scope="module", autouse=True)
def small_chunks() -> Iterator[None]:
    """So that others can write between the chunks of a small file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "_ROWS_PER_CHUNK", _ROWS_PER_CHUNK)
        yield


@st.composite
def _drawers(draw: st.DrawFn) -> Drawer:
    return seeded(draw)


@pytest.mark.parametrize("kind", ["autopay", "paperless", "registration"])
@modest(25)
@given(drawer=_drawers())
async def test_what_another_writer_changes_is_not_overwritten(world: World, kind: Kind, drawer: Drawer) -> None:
    case = draw_history(drawer, kind, _TODAY, is_large=drawer.chance(3))[0]
    assume(case.checks[-1][1].state == "approved")
    loaded = await world.load(case.state)
    one = await world.register_case(case, loaded)
    for check_no, (decided, _) in enumerate(case.checks, start=1):
        if check_no > 1:
            await world.confirm(one, decided.circumstances.decisions, check_no - 1)
        result = await world.check(one)
    assert result.state == "approved"
    await world.start(one, result, check_no)
    await _Run(world, decided, one, await world.plan(one)).go(
        loaded, SecondWriter(world, kind, drawer, Touched()), drawer.one((1, 1, 2, 3))
    )
    await world.finish(one)


class _Run:
    """Chunk after chunk, each looked at beside what the model says of the CRM just before it.

    What earlier chunks did to logins does not count there: whom an email finds was decided for the whole file, whatever
    chunk comes first.
    """

    def __init__(self, world: World, case: Case, one: Registered, planned: Mapping[int, RowResult]) -> None:
        self._world = world
        self._case = case
        self._one = one
        self._planned = planned
        self._changed: dict[str, tuple[Login, Login]] = {}

    async def go(self, loaded: Loaded, writer: SecondWriter, changes: int) -> None:
        rows = {row["line_no"]: row for row in await self._world.read(_PLAN, self._one.import_id)}
        numbers = [row["account_number"] for row in rows.values() if row["account_number"]]
        known: set[int] = set()
        before, loaded = await self._world.dump(self._case.state, loaded)
        is_going = True
        while is_going:
            for _ in range(changes):
                await writer.change(before, loaded, numbers)
                before, loaded = await self._world.dump(self._case.state, loaded)
            is_going = await self._world.step(self._one)
            after, loaded = await self._world.dump(self._case.state, loaded)
            results = await self._world.results(self._one)
            chunk = {line: result for line, result in results.items() if line not in known}
            known |= chunk.keys()
            self._as_planned_or_held(chunk, rows, writer.touched)
            applied = {line for line, result in chunk.items() if result.outcome == "applied"}
            assert not (applied and writer.touched.everything)
            unlike = _AMONG_ROWS | (_BY_NUMBER if writer.touched.renumbered else set())
            self._right_in_this_world(applied, rows, before, after, loaded, unlike)
            self._changed |= {
                key: (login, after.logins[key]) for key, login in before.logins.items() if login != after.logins[key]
            }
            before = after
        assert known == rows.keys()

    def _as_planned_or_held(self, chunk: Mapping[int, RowResult], rows: Mapping[int, Any], touched: Touched) -> None:
        """Held where one of the group has to do with a change, and only there."""
        for line, result in chunk.items():
            planned = self._planned[line]
            assert (result == planned) is result.codes.isdisjoint(NOT_AS_PLANNED)
            if result == planned:
                continue
            note(f"line {line}: planned {planned}, ended {result}")
            assert planned.outcome in _TO_BE_DONE
            assert result == planned.held_at_the_run()
            group = [row for row in rows.values() if row["leader_line"] == rows[line]["leader_line"]]
            assert any(touched.concerns(row) for row in group)

    def _right_in_this_world(
        self,
        applied: set[int],
        rows: Mapping[int, Any],
        before: CrmState,
        after: CrmState,
        loaded: Loaded,
        unlike: set[str],
    ) -> None:
        """What was applied is what the model does to the CRM as the chunk found it; all else is as it was."""
        # Without the rows that were not to be done: in this world they might be, and stand against others of the file.
        done = tuple(row for row in self._case.file.rows if self._planned[row[0]].outcome in _TO_BE_DONE)
        file = replace(self._case.file, rows=done)
        verdict = check(self._without_own(before), self._case.definition, file, self._case.circumstances)
        numbers = {id_: key for key, id_ in loaded.customers.items()}
        customers = {
            numbers[row["customer_id"]] for line, row in rows.items() if line in applied and row["customer_id"]
        }
        made = after.customers.keys() - before.customers.keys()
        mine = _Mine(customers | made, before, after)
        for part in STATE_PARTS:
            was, now = getattr(before, part), getattr(after, part)
            for key in sorted({*was, *now}, key=str):
                if was.get(key) == now.get(key):
                    continue
                assert mine.has(part, key), f"{part} {key}: was {was.get(key)}, now {now.get(key)}"
        if verdict.state == "rejected":
            return
        if any(verdict.rows[line].codes & unlike for line in applied):
            return
        for line in sorted(applied):
            assert verdict.rows[line].outcome == "applied", f"line {line}: in this world {verdict.rows[line]}"
        self._same(mine, after, verdict)

    def _without_own(self, state: CrmState) -> CrmState:
        logins = state.logins | {key: _taken_back(state.logins[key], *ours) for key, ours in self._changed.items()}
        return replace(state, logins=logins)

    def _same(self, mine: "_Mine", after: CrmState, verdict: Verdict) -> None:
        assert verdict.after is not None
        for part in ("customers", "links", "autopay", "paperless"):
            now, model = (
                {_nameless(one) for key, one in getattr(state, part).items() if mine.is_of_customer(part, key)}
                for state in (after, verdict.after)
            )
            assert now == model, f"{part}: real {now - model}, model {model - now}"


def _taken_back(login: Login, was: Login, left: Login) -> Login:
    """Each value that is as a chunk left it, as it was before."""
    names = [one.name for one in fields(login)]
    return replace(login, **{name: getattr(was, name) for name in names if getattr(login, name) == getattr(left, name)})


def _nameless(record: Any) -> Any:
    """With one name for all new logins: who shares one depends on rows that this run does not look at."""
    match record:
        case Link(login=login) if login.startswith(_NEW):
            return replace(record, login=_NEW)
        case Autopay(method=(login, biller, fingerprint)) if login.startswith(_NEW):
            return replace(record, method=(_NEW, biller, fingerprint))
        case _:
            return record


class _Mine:
    """The records that rows of these customers may write."""

    def __init__(self, customers: set[CustomerKey], before: CrmState, after: CrmState) -> None:
        self._customers = customers
        links = [*before.links.values(), *after.links.values()]
        self._logins = {link.login for link in links if link.customer in customers}

    def is_of_customer(self, part: str, key: Any) -> bool:
        return (key if part == "customers" else key[0]) in self._customers

    def has(self, part: str, key: Any) -> bool:
        if part == "logins":
            return key in self._logins
        if part == "methods":
            return key[0] in self._logins
        return self.is_of_customer(part, key)
