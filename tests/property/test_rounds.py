"""Rows that were corrected and tried again leave the database as the corrected file would have at once.

.venv/bin/python -m pytest tests/property/test_rounds.py --examples=1000
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from services.mapping.usecases.rounds import Asked
from shared.contracts.codes import CODES
from shared.contracts.codes.names import LEFT_OUT
from shared.contracts.outcomes import Outcome
from shared.today import us_today
from tests.property.found import Registered
from tests.property.world import STATE_PARTS, World
from tests.support.generators.crm import Loaded
from tests.support.generators.csv_bytes import csv_bytes
from tests.support.generators.drawing import Drawer, seeded
from tests.support.generators.files import Case, draw_history
from tests.support.model import CrmState, CsvFile, Decision
from tests.support.model.job import Kind
from tests.support.profiles import modest

_TODAY = us_today()
_NOT_APPLIED = frozenset({Outcome.FAILED, Outcome.HELD, Outcome.SKIPPED})
# The same answer whatever is found, so that it does not matter in which of the rounds it is found.
_ANSWERS = {
    number: "skip" if "skip" in code.choices else next(choice for choice in code.choices if choice != "stop")
    for number, code in CODES.items()
    if code.choices
}
# What one row says about another: of one account, one login, one email or one user name. A round has its own rows and
# the CRM, in which those that succeeded are customers by now, so that such rows are judged by what came first; and the
# first payment method of a login that has several accounts (W321) is its default. What one column left in doubt
# (round-7) is asked about every row of a round that has such a column, even where its own column is in no doubt.
_OF_OTHER_ROWS = frozenset(
    (
        *("R105", "R131", "R132", "R133", "R134", "R135", "R151", "R152", "R153"),
        *("C223", "C224", "C231", "C233", "C234", "C245", "C246", "W321"),
        *("C219", "C242", "C244"),
    )
)
_ADDRESS: Final = re.compile(r"[\w.'+-]+@[\w.-]+")
_BEFORE = """
SELECT line_no, outcome, codes, changes FROM execution.row_result
WHERE import_id = $1 AND outcome IN ('applied', 'no_change')
"""


@st.composite
def _drawers(draw: st.DrawFn) -> Drawer:
    return seeded(draw)


def _account_columns(definition: Mapping[str, Any]) -> list[str]:
    return [part["column"] for part in definition["account_number"] if "column" in part]


def _people(file: CsvFile) -> list[list[int]]:
    """The lines, those that share an address together: the first of them names the login of all."""
    found: list[tuple[set[str], list[int]]] = []
    for line, cells in file.rows:
        addresses, lines = {one.casefold() for cell in cells for one in _ADDRESS.findall(cell)}, [line]
        for known in [one for one in found if one[0] & addresses]:
            found.remove(known)
            addresses |= known[0]
            lines = known[1] + lines
        found.append((addresses, lines))
    return [lines for _, lines in found]


def _halves(people: Sequence[Sequence[int]]) -> list[list[int]]:
    middle = len(people) // 2
    return [[line for lines in half for line in lines] for half in (people[:middle], people[middle:])]


def _with_faults(file: CsvFile, lines: frozenset[int], column: str) -> CsvFile:
    """The file without the account numbers of these lines."""
    place = file.header.index(column)
    rows = tuple(
        (line, tuple("" if line in lines and at == place else cell for at, cell in enumerate(cells)))
        for line, cells in file.rows
    )
    return CsvFile(file.header, rows, file.bad)


async def _end(world: World, one: Registered) -> frozenset[str]:
    """Check, decide everything the same way, run."""
    result = await world.check(one)
    check_no = 1
    if result.state == "held":
        decisions = {
            code: Decision(_ANSWERS[code], typed_count=0 if code == "C201" else None, count_seen=result.codes[code])
            for code in result.undecided
        }
        await world.confirm(one, decisions, 1)
        result, check_no = await world.check(one), 2
    note(f"{result.state} {dict(result.codes)} {result.undecided}")
    assume(result.state == "approved")
    await world.run(one, result, check_no)
    return frozenset(result.codes)


async def _dumped(world: World, state: CrmState, loaded: Loaded) -> dict[str, Any]:
    after, _ = await world.dump(state, loaded)
    return {part: getattr(after, part) for part in STATE_PARTS}


async def _imported(world: World, case: Case, file: CsvFile) -> tuple[Loaded, Registered, frozenset[str]]:
    loaded = await world.load(case.state)
    definition = {**case.definition, "decide": "ask"}
    one = await world.register(csv_bytes(file), definition, loaded.billers[definition["biller_id"]])
    return loaded, one, await _end(world, one)


@pytest.mark.parametrize("kind", ["autopay", "paperless", "registration"])
@settings(modest(10), suppress_health_check=[*HealthCheck])  # most files of registrations have one person alone
@given(drawer=_drawers())
async def test_corrected_in_rounds_is_as_corrected_at_once(world: World, kind: Kind, drawer: Drawer) -> None:
    case = draw_history(drawer, kind, _TODAY, is_large=False)[0]
    columns = _account_columns(case.definition)
    assume(columns and columns[0] in case.file.header and len(case.file.rows) > 1)
    assume(len(set(case.file.header)) == len(case.file.header))
    await world.load_directory(case.circumstances.directory)
    wrong_people = [lines for lines in _people(case.file) if drawer.chance(2)]
    wrong = frozenset(line for lines in wrong_people for line in lines)
    assume(wrong and len(wrong) < len(case.file.rows))
    at_once, _, codes = await _imported(world, case, case.file)
    # Makes room for the same biller once more.
    await world.write("UPDATE crm.login_realm SET name = gen_random_uuid()")
    await world.write("UPDATE crm.biller SET name = gen_random_uuid()")
    assume(not codes & _OF_OTHER_ROWS)
    wanted = await _dumped(world, case.state, at_once)

    loaded, one, _ = await _imported(world, case, _with_faults(case.file, wrong, columns[0]))
    done = await world.read(_BEFORE, one.import_id)
    cells = dict(case.file.rows)
    place = case.file.header.index(columns[0])
    results = await world.results(one)
    # A corrected cell brings in a row that was left out; at once nobody corrected it.
    rest = [
        line for line in sorted(wrong) if results[line].outcome in _NOT_APPLIED and LEFT_OUT not in results[line].codes
    ]
    for part in _halves(wrong_people) if drawer.chance(2) else [rest]:
        given_cells = {line: {columns[0]: cells[line][place]} for line in part if line in rest and cells[line][place]}
        if given_cells:
            assume(not await _end(world, await world.start_round(one, Asked(cells=given_cells))) & _OF_OTHER_ROWS)
    await world.write("UPDATE crm.login_realm SET name = gen_random_uuid()")
    assert await world.read(_BEFORE, one.import_id) == done
    note(f"{wrong} of {case.file.rows}")
    found = await _dumped(world, case.state, loaded)
    assert {part: found[part] for part in STATE_PARTS if found[part] != wanted[part]} == {}
