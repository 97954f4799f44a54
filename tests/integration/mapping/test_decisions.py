import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.mapping import handlers
from shared.contracts.events import (
    Counts,
    FinalState,
    ImportApproved,
    ImportConfirmed,
    ImportFinished,
    ImportHeld,
    ImportRejected,
)
from tests.integration.mapping.world import World
from tests.support.crm import Biller

SKIP, CREATE, STOP = {"choice": "skip"}, {"choice": "create"}, {"choice": "stop"}


def go_on(count: int | None = None) -> dict[str, Any]:
    return {"choice": "continue", "typed_count": count}


async def confirm(
    world: World, import_id: UUID, *, check_no: int = 1, person: str = "ivy", **decisions: Any
) -> httpx.Response:
    body = {"check_no": check_no, "decisions": decisions}
    return await world.signed_in(person).post(f"/imports/{import_id}/confirm", json=body)


async def approve(world: World, import_id: UUID, *, person: str = "sam", check_no: int = 1) -> httpx.Response:
    return await world.signed_in(person).post(f"/imports/{import_id}/approve", json={"check_no": check_no})


async def cancel(world: World, import_id: UUID) -> httpx.Response:
    return await world.signed_in("ivy").post(f"/imports/{import_id}/cancel")


async def few_found(world: World, biller: Biller, missing: int) -> UUID:
    """Held because few accounts were found; ``missing`` customers could be created beside the ten there are."""
    import_id = await world.imported(biller)
    await world.checked(import_id, undecided=("C201", "C202"), missing=missing, C201=missing, C202=missing)
    return import_id


async def decisions(world: World, import_id: UUID) -> dict[str, dict[str, Any]]:
    shown = (await world.signed_in("ivy").get(f"/imports/{import_id}")).json()
    return {decision["code"]: decision for decision in shown["decisions"]}


async def test_a_held_import_is_confirmed_with_its_decisions(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller)
    await world.checked(import_id, undecided=("C202", "C203"), missing=30, C202=30, C203=1)
    response = await confirm(world, import_id, C202=SKIP, C203=go_on())
    assert response.status_code == 200
    assert response.json() == {"import_id": str(import_id), "state": "confirmed", "second_person_needed": False}
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
    decided = await confirm(world, import_id, C201=go_on(3), C202=CREATE)
    assert decided.json() == {"import_id": str(import_id), "state": "held", "second_person_needed": True}
    assert (await world.signed_in("ivy").get(f"/imports/{import_id}/check")).json()["second_person_needed"]
    assert await world.said_names(import_id) == ["ImportDefined"]
    not_permitted = await approve(world, import_id, person="ivy")
    assert (not_permitted.status_code, not_permitted.json()["code"]) == (403, "approval_not_permitted")
    approved = await approve(world, import_id)
    assert approved.json()["state"] == "confirmed"
    kept = (await decisions(world, import_id))["C201"]
    assert (kept["decided_by"], kept["approved_by"], kept["typed_count"]) == ("ivy", "sam", 3)
    assert (kept["decided_by_name"], kept["approved_by_name"]) == ("Ivy Marsh", "Sam Okafor")
    assert await world.said_names(import_id) == ["ImportDefined", "ImportConfirmed"]
    assert (await approve(world, import_id)).json() == approved.json()  # the same again
    assert await world.said_names(import_id) == ["ImportDefined", "ImportConfirmed"]
    assert not (await world.signed_in("ivy").get(f"/imports/{import_id}/check")).json()["second_person_needed"]


async def test_nobody_is_his_own_second_person(world: World, biller: Biller) -> None:
    import_id = await few_found(world, biller, 9)
    await confirm(world, import_id, person="sam", C201=go_on(9), C202=CREATE)
    own = await approve(world, import_id)
    assert (own.status_code, own.json()["code"]) == (403, "second_person_required")
    assert await world.said_names(import_id) == ["ImportDefined"]


async def test_what_was_approved_must_be_what_the_newest_check_found(world: World, biller: Biller) -> None:
    import_id = await few_found(world, biller, 9)
    await confirm(world, import_id, C201=go_on(9), C202=CREATE)
    await world.checked(import_id, check_no=2, undecided=("C201", "C202"), missing=9, C201=10, C202=10)
    for number, code in ((1, "check_not_newest"), (2, "nothing_to_approve")):
        response = await approve(world, import_id, check_no=number)
        assert (response.status_code, response.json()["code"]) == (409, code)


async def test_named_in_advance_still_needs_the_second_person(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller, decide={"C201": go_on(9), "C202": CREATE})
    await world.checked(import_id, undecided=("C201",), missing=9, C201=9, C202=9)
    assert {kept["decided_by_name"] for kept in (await decisions(world, import_id)).values()} == {"Ivy Marsh"}
    assert (await approve(world, import_id)).json()["code"] == "nothing_to_approve"
    assert (await confirm(world, import_id, C201=go_on(9))).json()["second_person_needed"]
    assert (await approve(world, import_id)).json()["state"] == "confirmed"


async def test_a_new_answer_takes_the_approval_away(world: World, biller: Biller) -> None:
    import_id = await few_found(world, biller, 9)
    await confirm(world, import_id, C201=go_on(9), C202=CREATE)
    changed = await confirm(world, import_id, C201=go_on(0), C202=SKIP)
    assert changed.json() == {"import_id": str(import_id), "state": "confirmed", "second_person_needed": False}
    kept = (await decisions(world, import_id))["C201"]
    assert (kept["approved_by"], kept["approved_by_name"]) == (None, None)


async def test_where_no_name_was_kept_the_id_is_shown(world: World, biller: Biller) -> None:
    import_id = await few_found(world, biller, 3)
    await confirm(world, import_id, C201=go_on(3), C202=CREATE)
    await approve(world, import_id)
    await world.admin.execute(
        "UPDATE mapping.decision SET decided_by_name = NULL, approved_by_name = NULL WHERE import_id = $1", import_id
    )
    kept = (await decisions(world, import_id))["C201"]
    assert (kept["decided_by_name"], kept["approved_by_name"]) == ("ivy", "sam")


async def test_stop_ends_the_import(world: World, biller: Biller) -> None:
    import_id = await few_found(world, biller, 9)
    response = await confirm(world, import_id, C201=STOP)
    assert response.json()["state"] == "cancelled"
    assert await world.said_names(import_id) == ["ImportDefined", "ImportCancelled"]
    job = await world.admin.fetchrow("SELECT state, reason FROM execution.job WHERE import_id = $1", import_id)
    assert job is not None
    assert tuple(job) == ("cancelled", "stopped")
    assert (await decisions(world, import_id))["C201"]["choice"] == "stop"


async def test_a_cancelled_import_stays_cancelled(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller)
    response = await cancel(world, import_id)
    assert response.status_code == 200
    assert response.json()["state"] == "cancelled"
    assert "no row is applied any more" in response.json()["promise"]
    assert await world.said_names(import_id) == ["ImportDefined", "ImportCancelled"]
    again = await cancel(world, import_id)
    assert (again.status_code, again.json()["code"], again.json()["place"]) == (
        409,
        "import_has_ended",
        "state: cancelled",
    )
    await world.checked(import_id)
    assert (await confirm(world, import_id)).status_code == 409
    job = await world.admin.fetchval("SELECT state FROM execution.job WHERE import_id = $1", import_id)
    assert job == "cancelled"


async def running_job(world: World, import_id: UUID, biller: Biller) -> None:
    await world.admin.execute(
        "INSERT INTO execution.job (import_id, biller_id, kind, state) VALUES ($1, $2, 'paperless', 'running')",
        import_id,
        biller.id,
    )
    await world.admin.execute("INSERT INTO execution.chunk (import_id, chunk_no) VALUES ($1, 0)", import_id)


async def test_a_cancel_is_recorded_first_and_final_when_the_chunks_in_hand_have_ended(
    world: World, biller: Biller
) -> None:
    import_id = await world.imported(biller)
    await running_job(world, import_id, biller)
    chunk = world.admin.transaction()
    await chunk.start()
    await world.admin.execute("SELECT FROM execution.chunk WHERE import_id = $1 FOR UPDATE", import_id)
    answer = await cancel(world, import_id)
    assert (answer.status_code, answer.json()["state"]) == (202, "cancelling")
    assert (await cancel(world, import_id)).json() == answer.json()
    await chunk.rollback()
    assert await world.said_names(import_id) == ["ImportDefined", "ImportCancelled"]
    shown = await world.signed_in("ivy").get(f"/imports/{import_id}")
    assert shown.json()["state"] == "cancelling"
    assert (await confirm(world, import_id)).status_code == 409
    await world.admin.execute("UPDATE execution.job SET finished_at = now() WHERE import_id = $1", import_id)
    shown = await world.signed_in("ivy").get(f"/imports/{import_id}")
    assert shown.json()["state"] == "cancelled"
    assert (await cancel(world, import_id)).status_code == 409


async def test_an_operator_resumes_what_waits(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller)
    await running_job(world, import_id, biller)
    await world.admin.execute(
        "UPDATE execution.job SET waiting_since = now(), waiting_reason = '42501' WHERE import_id = $1", import_id
    )
    await world.admin.execute("UPDATE execution.chunk SET not_before = 'infinity' WHERE import_id = $1", import_id)
    ivy, resume = world.signed_in("ivy"), f"/imports/{import_id}/resume"
    assert (await ivy.post(resume)).status_code == 403
    await world.admin.execute("INSERT INTO crm.operator_right (subject, permission) VALUES ('ivy', 'all')")
    try:
        assert (await ivy.post(resume)).status_code == 200
        again = await ivy.post(resume)
        assert (again.status_code, again.json()["code"]) == (409, "import_not_waiting")
    finally:
        await world.admin.execute("DELETE FROM crm.operator_right WHERE subject = 'ivy' AND biller_id IS NULL")
    waiting = await world.admin.fetchval(
        """SELECT j.waiting_since IS NOT NULL OR c.not_before > now()
           FROM execution.job j JOIN execution.chunk c USING (import_id) WHERE import_id = $1""",
        import_id,
    )
    assert waiting is False
    assert await world.said_names(import_id) == ["ImportDefined", "ImportResumed"]


@pytest.mark.parametrize("state", ["finished", "failed"])
async def test_what_the_executors_have_ended_cannot_be_cancelled(world: World, biller: Biller, state: str) -> None:
    import_id = await world.imported(biller)
    await world.admin.execute(
        "INSERT INTO execution.job (import_id, biller_id, state) VALUES ($1, $2, $3)", import_id, biller.id, state
    )
    response = await cancel(world, import_id)
    assert (response.status_code, response.json()["code"]) == (409, "import_has_ended")
    assert await world.said_names(import_id) == ["ImportDefined"]
    assert await world.state(import_id) == "checking"


async def test_a_rejected_import_cannot_be_cancelled_even_before_mapping_heard_of_it(
    world: World, biller: Biller
) -> None:
    import_id = await world.imported(biller)
    await world.checked(import_id, state="rejected")
    response = await cancel(world, import_id)
    assert (response.status_code, response.json()["place"]) == (409, "state: rejected")


async def test_the_state_follows_the_tables_whatever_the_events_say(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller)
    about: dict[str, Any] = {"import_id": import_id, "biller_id": biller.id, "codes": {}}
    held = [ImportHeld(**about, check_no=number, undecided=(), planned=Counts()) for number in (1, 2)]
    approved = ImportApproved(**about, check_no=3, planned=Counts(), chunks=1)
    late = ImportRejected(**about, check_no=9)
    finished = ImportFinished(
        **about, state=FinalState.FAILED, counts=Counts(), started_at=None, finished_at=late.occurred_at
    )

    async def hear(handler: Any, event: Any) -> str:
        async with world.database.transaction() as connection:
            await handler(connection, event)
        return await world.state(import_id)

    assert await hear(handlers.on_import_held, held[1]) == "checking"
    await world.checked(import_id, check_no=2)
    assert await hear(handlers.on_import_held, held[1]) == "held"
    assert await hear(handlers.on_import_rejected, late) == "held"
    assert await hear(handlers.on_import_finished, finished) == "held"
    assert (await confirm(world, import_id, check_no=2)).status_code == 200
    assert await hear(handlers.on_import_held, held[1]) == "confirmed"
    assert await hear(handlers.on_import_approved, approved) == "confirmed"
    await world.checked(import_id, check_no=3, state="approved")
    assert await hear(handlers.on_import_approved, approved) == "approved"
    assert await hear(handlers.on_import_held, held[0]) == "approved"
    await world.ran(import_id, failed=1)
    assert await hear(handlers.on_import_finished, finished) == "completed_with_errors"
    await world.checked(import_id, check_no=4, state="approved")
    assert await hear(handlers.on_import_approved, approved) == "completed_with_errors"
    assert (await cancel(world, import_id)).json()["place"] == "state: completed_with_errors"


async def test_a_rejection_is_heard(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller)
    await world.checked(import_id, state="rejected")
    async with world.database.transaction() as connection:
        event = ImportRejected(import_id=import_id, biller_id=biller.id, check_no=1, codes={"F008": 1})
        await handlers.on_import_rejected(connection, event)
    assert await world.state(import_id) == "rejected"
    assert (await cancel(world, import_id)).status_code == 409


async def sent(world: World, import_id: UUID, what: str, *, person: str = "ivy", **body: Any) -> httpx.Response:
    return await world.signed_in(person).post(f"/imports/{import_id}/{what}", json={"check_no": 1, **body})


async def considers(world: World, import_id: UUID, code: str, choice: str) -> None:
    """What sam's answer on the pages leaves behind."""
    await world.admin.execute(
        """INSERT INTO mapping.considered_answer
               (import_id, code, choice, count_seen, considered_by, considered_by_name)
           VALUES ($1, $2, $3, 3, 'sam', 'Sam Okafor')""",
        *(import_id, code, choice),
    )


async def test_what_was_answered_since_it_was_read_is_refused(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller)
    await world.checked(import_id, C225=3)
    before = (await world.signed_in("ivy").get(f"/imports/{import_id}/check")).json()["answers"]
    await considers(world, import_id, "C225", "enroll_again")
    assert (await world.signed_in("ivy").get(f"/imports/{import_id}/check")).json()["answers"] == {
        "C225": "enroll_again"
    }
    refused = await sent(world, import_id, "confirm", answers_seen=before)
    assert (refused.status_code, refused.json()["code"], refused.json()["place"]) == (409, "changed_meanwhile", "C225")
    assert refused.json()["title"].startswith("Sam Okafor changed C225 to enroll_again at ")
    assert refused.json()["remedy"] == "Look at the review again"
    assert await decisions(world, import_id) == {}
    taken = await sent(world, import_id, "confirm", answers_seen=before, decisions={"C225": {"choice": "keep"}})
    assert taken.status_code == 409
    same = await sent(world, import_id, "confirm", answers_seen=before, decisions={"C225": {"choice": "enroll_again"}})
    assert same.json()["state"] == "confirmed"


async def test_what_others_only_consider_is_not_mixed_in(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller)
    await world.checked(import_id, C225=3)
    await considers(world, import_id, "C225", "enroll_again")
    assert (await sent(world, import_id, "confirm")).json()["state"] == "confirmed"
    assert await decisions(world, import_id) == {}
    assert (await world.signed_in("ivy").get(f"/imports/{import_id}/check")).json()["answers"] == {}


async def test_of_what_is_considered_only_the_confirmed_stands(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller)
    await world.checked(import_id, C203=1, C225=3)
    await considers(world, import_id, "C203", "stop")
    await considers(world, import_id, "C225", "enroll_again")
    assert (await sent(world, import_id, "confirm", decisions={"C203": {"choice": "continue"}})).status_code == 200
    assert (await world.signed_in("ivy").get(f"/imports/{import_id}/check")).json()["answers"] == {"C203": "continue"}


async def test_an_approval_is_of_the_decisions_that_were_read(world: World, biller: Biller) -> None:
    import_id = await few_found(world, biller, 9)
    await confirm(world, import_id, C201=go_on(9), C202=CREATE)
    before = (await world.signed_in("sam").get(f"/imports/{import_id}/check")).json()["answers"]
    assert before == {"C201": "continue", "C202": "create", "C207": "continue"}
    recipient = (
        await world.signed_in("ivy").post(f"/billers/{biller.id}/log-recipients", json={"email": "new@example.com"})
    ).json()["id"]
    body: dict[str, Any] = {"decisions": {"C201": go_on(9), "C202": CREATE}, "log_recipients": [recipient]}
    assert (await sent(world, import_id, "confirm", **body)).json()["second_person_needed"]
    refused = await sent(world, import_id, "approve", person="sam", answers_seen=before, log_recipients_seen=[])
    assert (refused.status_code, refused.json()["place"]) == (409, "log_recipients")
    assert refused.json()["title"].startswith("Ivy Marsh changed who gets the log at ")
    approved = await sent(
        world, import_id, "approve", person="sam", answers_seen=before, log_recipients_seen=[recipient]
    )
    assert approved.json()["state"] == "confirmed"


async def test_who_confirmed_before_need_not_say_again_that_a_second_person_is_asked(
    world: World, biller: Biller
) -> None:
    import_id = await world.imported(biller)
    await world.checked(import_id, undecided=("C225",), C225=3)
    assert (await confirm(world, import_id, C225={"choice": "keep"})).json()["state"] == "confirmed"
    await world.checked(import_id, check_no=2, undecided=("C207",), C225=3, C207=7000)
    assert (await world.signed_in("sam").get(f"/imports/{import_id}/check")).json()["second_person_needed"]
    await world.may_approve("ivy")
    own = await approve(world, import_id, person="ivy", check_no=2)
    assert (own.status_code, own.json()["code"]) == (403, "second_person_required")
    assert (await approve(world, import_id, check_no=2)).json()["state"] == "confirmed"
    kept = await decisions(world, import_id)
    assert (kept["C207"]["decided_by"], kept["C207"]["approved_by"], kept["C207"]["count_seen"]) == ("ivy", "sam", 7000)
    await world.admin.execute("UPDATE crm.operator_right SET may_approve = subject = 'sam'")


async def test_what_was_decided_in_advance_waits_for_the_second_person_only(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller, decide={"C201": go_on(9), "C202": CREATE})
    await world.checked(import_id, undecided=("C201", "C207"), missing=9, C201=9, C202=9, C207=9)
    assert (await approve(world, import_id)).json()["state"] == "confirmed"


async def test_who_asked_for_the_import_is_no_second_person(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller)
    await world.checked(import_id, C207=7000, undecided=("C207",))
    assert (await confirm(world, import_id, person="sam")).json()["second_person_needed"]
    await world.may_approve("ivy")
    asked = await approve(world, import_id, person="ivy")
    assert (asked.status_code, asked.json()["title"]) == (403, "You asked for this import yourself")
    await world.admin.execute("UPDATE crm.operator_right SET may_approve = subject = 'sam'")


async def test_customers_need_a_second_person_even_where_most_accounts_were_found(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller)
    await world.checked(import_id, undecided=("C202",), missing=3, C202=3)
    assert (await confirm(world, import_id, C202=CREATE)).json()["second_person_needed"]
    assert (await approve(world, import_id)).json()["state"] == "confirmed"
