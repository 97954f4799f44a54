"""Whatever state and file: the services do what the model says, row for row and record for record."""

from collections.abc import Mapping

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from services.validation.conclusion import CheckResult
from shared.today import us_today
from tests.property.found import Registered
from tests.property.world import STATE_PARTS, World
from tests.support.generators.crm import Loaded
from tests.support.generators.files import Case, aged, histories
from tests.support.model import CrmState, RowResult, Verdict
from tests.support.model.job import Kind

_TODAY = us_today()
_OF_THE_FILE = {"W302", "W303", "W304", "W305", "W306", "W307", "W351"}
"""Findings that come from reading and from options, which the model does not know."""
_TAKEN_HOLD = {"applied", "no_change"}


async def _agree(world: World, case: Case, loaded: Loaded) -> Loaded:
    """Check by check and then the run; the ids of the records it leaves behind."""
    one = await world.register_case(case, loaded)
    for check_no, (decided, verdict) in enumerate(case.checks, start=1):
        if check_no > 1:
            await world.confirm(one, decided.circumstances.decisions, check_no - 1)
        result = await _checked(world, one, verdict)
    if verdict.state != "approved":
        return loaded
    shown, rows_found = await world.shown_and_found(one, tuple(case.definition.get("invoice_types") or ()))
    assert shown == rows_found
    _compare(await world.run(one, result, check_no), verdict.rows)
    after, loaded_after = await world.dump(case.state, loaded)
    assert verdict.after is not None
    _compare_states(after, verdict.after)
    assert await world.records(one, loaded_after) == verdict.records
    assert await world.notices(one, loaded_after) == verdict.notices
    assert await world.emailed(one) == len({login for login, _ in verdict.notices})
    assert await world.to_confirm(one) == _to_confirm(case.state, verdict.after)
    assert await world.for_log(one) == verdict.for_log
    return loaded_after


def _to_confirm(before: CrmState, after: CrmState) -> int:
    """Customers with a paperless enrollment that starts with the import and waits until they confirm it."""
    going = {key for key, one in before.paperless.items() if one.status in {"active", "pending"}}
    return len({key[0] for key, one in after.paperless.items() if one.status == "pending" and key not in going})


async def _checked(world: World, one: Registered, verdict: Verdict) -> CheckResult:
    result = await world.check(one)
    note(f"codes: real {dict(result.codes)}, model {dict(verdict.findings)} {sorted(verdict.refused)}")
    assert result.state == verdict.state
    if verdict.state == "rejected":
        # Everything wrong with a definition is named, and what the file lacks is named alone.
        assert {code for code in result.codes if code[0] in "FC"} >= verdict.refused
        assert {code for code in result.codes if code[0] == "F"} <= verdict.refused
        assert not await world.plan(one)
        return result
    _compare(await world.plan(one), verdict.rows)
    assert {code: count for code, count in result.codes.items() if code not in _OF_THE_FILE} == verdict.findings
    assert set(result.undecided) == verdict.undecided
    assert await world.forecast(one) == verdict.forecast
    assert {outcome: count for outcome, count in result.planned.model_dump().items() if count} == verdict.counts
    return result


async def agree_on_history(world: World, history: tuple[Case, ...]) -> None:
    first, *later = history
    after = await _agree(world, first, await world.load(first.state))
    for second in later:
        await _agree_twice(world, first, second, after.with_logins_named(aged))


async def _agree_twice(world: World, first: Case, second: Case, loaded: Loaded) -> None:
    """A second import into what the first one left."""
    before = await world.written(loaded)
    await _agree(world, second, loaded)
    of_first, verdict = first.checks[-1][1], second.checks[-1][1]
    if (
        verdict.state == "approved"
        and second.definition["kind"] == first.definition["kind"]
        and _is_again(first, of_first, second)
    ):
        _is_already_so(of_first, verdict, second)
    if "applied" not in verdict.counts or verdict.state != "approved":
        assert await world.written(loaded) == before


def _is_again(first: Case, of_first: Verdict, second: Case) -> bool:
    """The same file, or one without rows that took hold: a row that did not may have held others, or kept them out."""
    lost = set(first.file.rows) - set(second.file.rows)
    is_part = first.file.header == second.file.header and set(second.file.rows) <= set(first.file.rows)
    return is_part and all(of_first.rows[line].outcome in _TAKEN_HOLD for line, _ in lost)


def _is_already_so(first: Verdict, second: Verdict, case: Case) -> None:
    taken_hold = {line for line, row in first.rows.items() if row.outcome in _TAKEN_HOLD}
    changed = {line for line in taken_hold & second.rows.keys() if second.rows[line].outcome != "no_change"}
    for line in changed:
        note(f"line {line}: first {first.rows[line]}, then {second.rows[line]}")
    # An account linked to a shell has an owner whom a second registration claims.
    assert not changed or _links_to_shell(first, case.definition["kind"])
    # A registration can find more the second time: a login that its first run made, for an account left out then. So
    # can any import whose file has lost the row that held others.
    is_settled = case.definition["kind"] != "registration" and case.circumstances.imported_before
    assert not is_settled or "applied" not in second.counts


def _links_to_shell(verdict: Verdict, kind: Kind) -> bool:
    logins = verdict.after.logins if verdict.after else {}
    return kind == "registration" and any(logins[key].status == "shell" for key in verdict.touched)


def _compare(real: Mapping[int, RowResult], model: Mapping[int, RowResult]) -> None:
    differing = [line for line in sorted({*real, *model}) if real.get(line) != model.get(line)]
    for line in differing:
        note(f"line {line}: real {real.get(line)}, model {model.get(line)}")
    assert not differing


def _compare_states(real: CrmState, model: CrmState) -> None:
    for part in STATE_PARTS:
        reals, models = getattr(real, part), getattr(model, part)
        for key in sorted({*reals, *models}, key=str):
            assert reals.get(key) == models.get(key), f"{part} {key}: real {reals.get(key)}, model {models.get(key)}"


@pytest.mark.parametrize("kind", ["autopay", "paperless", "registration"])
@pytest.mark.parametrize("is_large", [False, True], ids=["small", "large"])
@given(data=st.data())
async def test_services_do_what_the_model_says(world: World, kind: Kind, is_large: bool, data: st.DataObject) -> None:
    await agree_on_history(world, data.draw(histories(kind, _TODAY, is_large=is_large)))
