"""Whatever state and file: the services do what the model says, row for row and record for record."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from services.validation.conclusion import CheckResult
from tests.property.world import STATE_PARTS, Registered, World
from tests.support.generators.crm import Loaded
from tests.support.generators.files import Case, cases
from tests.support.model import CrmState, RowResult, Verdict
from tests.support.model.job import Decision, Kind

_TODAY = datetime.now(UTC).date()
_OF_THE_FILE = {"W302", "W303", "W304", "W305", "W306", "W307", "W351"}
"""Findings that come from reading and from options, which the model does not know."""


async def _agree(world: World, case: Case, *, twice: bool) -> None:
    loaded = await world.load(case.state)
    one = await world.register_case(case, loaded)
    if case.circumstances.confirmed:
        unseen = replace(case, circumstances=replace(case.circumstances, confirmed=False, decisions={}))
        await _checked(world, one, unseen.verdict())
        if unseen.verdict().state == "rejected":
            return
        await world.confirm(one, case.circumstances.decisions)
    verdict = case.verdict()
    result = await _checked(world, one, verdict)
    if verdict.state != "approved":
        return
    await _applied(world, case, loaded, one, result, 2 if case.circumstances.confirmed else 1)
    if twice:
        await _again(world, case, loaded)


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
    assert set(result.undecided) == verdict.undecided
    _compare(await world.plan(one), verdict.rows)
    assert {code: count for code, count in result.codes.items() if code not in _OF_THE_FILE} == verdict.findings
    assert {outcome: count for outcome, count in result.planned.model_dump().items() if count} == verdict.counts
    return result


async def _applied(
    world: World, case: Case, loaded: Loaded, one: Registered, result: CheckResult, check_no: int
) -> None:
    verdict = case.verdict()
    _compare(await world.run(one, result, check_no), verdict.rows)
    assert verdict.after is not None
    _compare_states(await world.dump(case.state, loaded), verdict.after)


async def _again(world: World, case: Case, loaded: Loaded) -> None:
    """The same file once more."""
    before = await world.written(loaded)
    after_first = case.verdict().after
    assert after_first is not None
    second = _answered(
        replace(case, state=after_first, circumstances=replace(case.circumstances, imported_before=True))
    )
    # The state of the first run stands in the database already; new records are known by what they hold.
    verdict = second.verdict()
    one = await world.register_case(second, loaded)
    result = await _checked(world, one, verdict)
    if verdict.state != "approved":
        return
    assert result.codes["C203"] == 1
    _compare(await world.run(one, result, 1), verdict.rows)
    first = case.verdict().rows
    assert all(
        verdict.rows[line].outcome == "no_change" for line in first if first[line].outcome in {"applied", "no_change"}
    )
    if "applied" not in verdict.counts:
        assert await world.written(loaded) == before
        assert await world.recorded(one) == 0
    # Only a registration can find more the second time: a login that its first run made, for an account left out then.
    assert case.definition["kind"] == "registration" or "applied" not in verdict.counts


def _answered(case: Case) -> Case:
    """With everything decided in advance as it was before."""
    answers: dict[str, Any] = {"C203": {"choice": "continue"}}
    taken: Mapping[str, Decision] = case.circumstances.decisions
    answers |= {code: {"choice": decision.choice} for code, decision in taken.items()}
    named = case.definition["decide"]
    answers |= named if named != "ask" else {}
    answers["C201"] = {"choice": "continue", "typed_count": 0}
    answers["C203"] = {"choice": "continue"}
    circumstances = replace(case.circumstances, confirmed=False, decisions={})
    return replace(case, definition=case.definition | {"decide": answers}, circumstances=circumstances)


def _compare(real: Mapping[int, RowResult], model: Mapping[int, RowResult]) -> None:
    differing = [line for line in sorted({*real, *model}) if real.get(line) != model.get(line)]
    for line in differing:
        note(f"line {line}: real {real.get(line)}, model {model.get(line)}")
    assert not differing


def _compare_states(real: CrmState, model: CrmState) -> None:
    for part in STATE_PARTS:
        reals, models = getattr(real, part), getattr(model, part)
        for key in sorted({*reals, *models}, key=str):
            assert reals.get(key) == models.get(key), f"{part} {key}"


@pytest.mark.parametrize("kind", ["autopay", "paperless", "registration"])
@given(data=st.data())
async def test_services_do_what_the_model_says(world: World, kind: Kind, data: st.DataObject) -> None:
    await _agree(world, data.draw(cases(kind, _TODAY)), twice=data.draw(st.booleans()))
