import asyncio

import pytest

from shared.contracts.events import (
    ImportConfirmed,
)
from tests.integration.mapping.deciding import (
    CREATE,
    SKIP,
    approve,
    awaits_second,
    confirm,
    decisions,
    few_found,
    go_on,
)
from tests.integration.mapping.world import World
from tests.support.crm import Biller

CONFIRMED = {"state": "confirmed", "second_person_needed": False, "next_step": None}


async def test_a_held_import_is_confirmed_with_its_decisions(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller)
    await world.checked(import_id, undecided=("C202", "C203"), missing=30, C202=30, C203=1)
    response = await confirm(world, import_id, C202=SKIP, C203=go_on())
    assert response.status_code == 200
    assert response.json() == CONFIRMED | {"import_id": str(import_id)}
    kept = await decisions(world, import_id)
    assert (kept["C202"]["choice"], kept["C202"]["count_seen"], kept["C202"]["decided_by"]) == ("skip", 30, "ivy")
    assert kept["C202"]["decided_by_name"] == "Ivy Marsh"
    assert kept["C202"]["decided_at"]
    events = await world.said(import_id)
    assert isinstance(events[-1], ImportConfirmed)
    assert events[-1].check_no == 1
    assert await world.state(import_id) == "confirmed"


async def test_confirming_again_is_the_same_and_with_other_decisions_a_conflict(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller)
    await world.checked(import_id, undecided=("C202",), C202=30)
    first = await confirm(world, import_id, C202=SKIP)
    await world.checked(import_id, state="pending", check_no=2, undecided=("C202",))  # validation has begun again
    again = await confirm(world, import_id, C202=SKIP)
    assert (again.status_code, again.json()) == (200, first.json())
    other = await confirm(world, import_id, C202=CREATE)
    assert (other.status_code, other.json()["code"]) == (409, "already_confirmed")
    assert await world.said_names(import_id) == ["ImportDefined", "ImportConfirmed"]


async def test_two_at_once_confirm_once(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller)
    await world.checked(import_id)
    answers = await asyncio.gather(*(confirm(world, import_id) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {200}
    assert await world.said_names(import_id) == ["ImportDefined", "ImportConfirmed"]


@pytest.mark.parametrize("state", ["pending", "approved", "rejected", "finished", "cancelled"])
async def test_only_a_held_check_is_confirmed(world: World, biller: Biller, state: str) -> None:
    import_id = await world.imported(biller)
    assert (await confirm(world, import_id)).json()["code"] == "import_not_held"  # before any check
    await world.checked(import_id, state=state)
    response = await confirm(world, import_id)
    assert (response.status_code, response.json()["code"]) == (409, "import_not_held")


async def test_only_the_newest_check_is_confirmed(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller)
    await world.checked(import_id, check_no=2, undecided=("C202",), C202=30)
    for number in (1, 3):
        response = await confirm(world, import_id, check_no=number, C202=SKIP)
        assert (response.status_code, response.json()["code"]) == (409, "check_not_newest")
    assert (await confirm(world, import_id, check_no=2, C202=SKIP)).status_code == 200


async def test_everything_undecided_must_be_answered_by_something_possible(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller)
    await world.checked(import_id, undecided=("C202", "C203"), C202=30, C203=1)
    for answers, places in (
        ({}, ["decisions.C202", "decisions.C203"]),
        ({"C202": SKIP}, ["decisions.C203"]),
        ({"C202": {"choice": "erase"}, "C203": go_on()}, ["decisions.C202"]),
        ({"C202": SKIP, "C203": go_on(), "C223": SKIP}, ["decisions.C223"]),
    ):
        response = await confirm(world, import_id, **answers)
        assert response.status_code == 422
        assert [problem["place"] for problem in response.json()["problems"]] == places
    assert await decisions(world, import_id) == {}
    assert await world.said_names(import_id) == ["ImportDefined"]


async def may_replace_owners(world: World, *, may: bool) -> None:
    await world.admin.execute("UPDATE crm.operator_right SET may_replace_owner = $1 WHERE subject = 'ivy'", may)


@pytest.mark.parametrize("may", [False, True])
async def test_replacing_an_owner_takes_a_right(world: World, biller: Biller, *, may: bool) -> None:
    import_id = await world.imported(biller, "registration")
    await world.checked(import_id, C232=1)
    await may_replace_owners(world, may=may)
    response = await confirm(world, import_id, C232={"choice": "replace_owner"})
    named = await world.definition(biller, "registration", decide={"C232": {"choice": "replace_owner"}})
    headless = await world.ask(named)
    await may_replace_owners(world, may=False)
    if may:
        assert (response.status_code, headless.status_code) == (200, 202)
        return
    for refused, place in ((response, "decisions.C232"), (headless, "decide.C232")):
        assert refused.status_code == 422
        assert [problem["place"] for problem in refused.json()["problems"]] == [place]
    assert (await confirm(world, import_id, C232={"choice": "oversight"})).status_code == 200


async def test_the_number_of_customers_must_be_typed(world: World, biller: Biller) -> None:
    import_id = await few_found(world, biller, 2)
    for typed in (None, 0, 3):
        response = await confirm(world, import_id, C201=go_on(typed), C202=CREATE)
        assert [problem["code"] for problem in response.json()["problems"]] == ["C201"]
    response = await confirm(world, import_id, C201=go_on(2), C202=CREATE)
    assert response.json()["state"] == "confirmed"  # two of ten is a fifth, and not above it


async def test_above_the_threshold_a_second_person_approves(world: World, biller: Biller) -> None:
    import_id = await few_found(world, biller, 3)
    nothing_yet = await approve(world, import_id)
    assert (nothing_yet.status_code, nothing_yet.json()["code"]) == (409, "nothing_to_approve")
    counted = await confirm(world, import_id, C201=go_on(3), C202=CREATE)
    assert counted.json() == CONFIRMED | {"import_id": str(import_id)}  # the next check says how much there is
    assert (await world.signed_in("ivy").get(f"/imports/{import_id}/check")).json()["second_person_needed"] is False
    await world.checked(import_id, check_no=2, undecided=("C201", "C207"), missing=3, C201=3, C202=3, C207=3)
    decided = await confirm(world, import_id, check_no=2, C201=go_on(3), C202=CREATE)
    answer = decided.json()
    assert answer | {"next_step": ""} == {
        "import_id": str(import_id),
        "state": "held",
        "second_person_needed": True,
        "next_step": "",
    }
    assert f"`customer-import approve {import_id} 2`" in answer["next_step"]
    assert (await world.signed_in("ivy").get(f"/imports/{import_id}/check")).json()["second_person_needed"]
    once = ["ImportDefined", "ImportConfirmed"]
    assert await world.said_names(import_id) == [*once, "ApprovalRequested"]
    not_permitted = await approve(world, import_id, person="ivy", check_no=2)
    assert (not_permitted.status_code, not_permitted.json()["code"]) == (403, "approval_not_permitted")
    approved = await approve(world, import_id, check_no=2)
    assert approved.json()["state"] == "confirmed"
    kept = (await decisions(world, import_id))["C201"]
    assert (kept["decided_by"], kept["approved_by"], kept["typed_count"]) == ("ivy", "sam", 3)
    assert (kept["decided_by_name"], kept["approved_by_name"]) == ("Ivy Marsh", "Sam Okafor")
    assert await world.said_names(import_id) == [*once, "ApprovalRequested", "ImportConfirmed"]
    assert (await approve(world, import_id, check_no=2)).json() == approved.json()  # the same again
    assert await world.said_names(import_id) == [*once, "ApprovalRequested", "ImportConfirmed"]
    assert not (await world.signed_in("ivy").get(f"/imports/{import_id}/check")).json()["second_person_needed"]


async def test_nobody_is_his_own_second_person(world: World, biller: Biller) -> None:
    import_id = await few_found(world, biller, 9)
    await awaits_second(world, import_id, 9, person="sam")
    own = await approve(world, import_id, check_no=2)
    assert (own.status_code, own.json()["code"]) == (403, "second_person_required")
    assert await world.said_names(import_id) == ["ImportDefined", "ImportConfirmed"]


async def test_whoever_decided_last_is_who_asks(world: World, biller: Biller) -> None:
    import_id = await few_found(world, biller, 9)
    await awaits_second(world, import_id, 9)
    again = await confirm(world, import_id, check_no=2, person="sam", C201=go_on(9), C202=CREATE)
    assert again.json()["second_person_needed"]
    own = await approve(world, import_id, check_no=2)
    assert (own.status_code, own.json()["code"]) == (403, "second_person_required")


async def test_what_was_approved_must_be_what_the_newest_check_found(world: World, biller: Biller) -> None:
    import_id = await few_found(world, biller, 9)
    await awaits_second(world, import_id, 9)
    more = ("C201", "C202", "C207")
    await world.checked(import_id, check_no=3, undecided=more, missing=9, C201=10, C202=10, C207=10)
    for number, code in ((2, "check_not_newest"), (3, "nothing_to_approve")):
        response = await approve(world, import_id, check_no=number)
        assert (response.status_code, response.json()["code"]) == (409, code)


async def test_named_in_advance_still_needs_the_second_person(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller, decide={"C201": go_on(9), "C202": CREATE})
    await world.checked(import_id, undecided=("C201", "C203", "C207"), missing=9, C201=9, C202=9, C203=1, C207=9)
    assert {kept["decided_by_name"] for kept in (await decisions(world, import_id)).values()} == {"Ivy Marsh"}
    assert (await approve(world, import_id)).json()["code"] == "nothing_to_approve"
    assert (await confirm(world, import_id, C201=go_on(9), C203=go_on())).json()["second_person_needed"]
    assert (await approve(world, import_id)).json()["state"] == "confirmed"


async def test_a_new_answer_takes_the_approval_away(world: World, biller: Biller) -> None:
    import_id = await few_found(world, biller, 9)
    await awaits_second(world, import_id, 9)
    await approve(world, import_id, check_no=2)
    await world.checked(import_id, check_no=3, undecided=("C225",), missing=9, C201=9, C202=9, C207=9, C225=1)
    keep = {"choice": "keep"}
    changed = await confirm(world, import_id, check_no=3, C201=go_on(0), C202=SKIP, C225=keep)
    assert changed.json() == CONFIRMED | {"import_id": str(import_id)}
    assert (await decisions(world, import_id))["C207"]["approved_by"] is None
    kept = (await decisions(world, import_id))["C201"]
    assert (kept["approved_by"], kept["approved_by_name"]) == (None, None)


async def test_where_no_name_was_kept_the_id_is_shown(world: World, biller: Biller) -> None:
    import_id = await few_found(world, biller, 3)
    await awaits_second(world, import_id, 3)
    await approve(world, import_id, check_no=2)
    await world.admin.execute(
        "UPDATE mapping.decision SET decided_by_name = NULL, approved_by_name = NULL WHERE import_id = $1", import_id
    )
    kept = (await decisions(world, import_id))["C201"]
    assert (kept["decided_by_name"], kept["approved_by_name"]) == ("ivy", "sam")
