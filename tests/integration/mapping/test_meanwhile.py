from typing import Any
from uuid import UUID

import httpx

from services.mapping.usecases import imports
from services.mapping.usecases.answers import NOTHING_SAID
from shared.auth import Person
from tests.integration.mapping.deciding import CREATE, approve, awaits_second, confirm, decisions, few_found, go_on
from tests.integration.mapping.world import World
from tests.support.crm import Biller


async def sent(world: World, import_id: UUID, what: str, *, person: str = "ivy", **body: Any) -> httpx.Response:
    return await world.signed_in(person).post(f"/imports/{import_id}/{what}", json={"check_no": 1} | body)


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
    assert refused.json()["remedy"] == "Review the changes, then try again"
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
    await awaits_second(world, import_id, 9)
    body: dict[str, Any] = {"check_no": 2, "decisions": {"C201": go_on(9), "C202": CREATE}}
    assert (await sent(world, import_id, "confirm", **body)).json()["second_person_needed"]
    before = (await world.signed_in("sam").get(f"/imports/{import_id}/check")).json()["answers"]
    assert before == {"C201": "continue", "C202": "create", "C207": "continue"}
    recipient = (
        await world.signed_in("ivy").post(f"/billers/{biller.id}/log-recipients", json={"email": "new@example.com"})
    ).json()["id"]
    again = await sent(world, import_id, "confirm", **body, log_recipients=[recipient])
    assert again.json()["second_person_needed"]
    read: dict[str, Any] = {"check_no": 2, "answers_seen": before}
    refused = await sent(world, import_id, "approve", person="sam", **read, log_recipients_seen=[])
    assert (refused.status_code, refused.json()["place"]) == (409, "log_recipients")
    assert refused.json()["title"].startswith("Ivy Marsh changed who gets the log at ")
    approved = await sent(world, import_id, "approve", person="sam", **read, log_recipients_seen=[recipient])
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
    assert (asked.status_code, asked.json()["title"]) == (403, "You requested this import yourself")
    await world.admin.execute("UPDATE crm.operator_right SET may_approve = subject = 'sam'")


async def test_customers_need_a_second_person_even_where_most_accounts_were_found(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller)
    await world.checked(import_id, undecided=("C202",), missing=3, C202=3)
    assert (await confirm(world, import_id, C202=CREATE)).json()["state"] == "confirmed"
    await world.checked(import_id, check_no=2, undecided=("C207",), missing=3, C202=3, C207=3)
    assert (await approve(world, import_id, check_no=2)).json()["state"] == "confirmed"


async def test_an_approval_says_what_it_agrees_to(world: World, biller: Biller) -> None:
    import_id = await few_found(world, biller, 9)
    await awaits_second(world, import_id, 9)
    silent = await world.signed_in("sam").post(f"/imports/{import_id}/approve", json={"check_no": 2})
    assert (silent.status_code, silent.json()["place"]) == (422, "body.answers_seen")


async def test_answers_are_tried_before_anything_is_confirmed(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller)
    await world.checked(import_id, undecided=("C241",), C241=20)
    ivy = Person("ivy", "Ivy Marsh")
    assert await imports.consider(world.app.state.context, ivy, import_id, 1, {"C241": "attest"}, NOTHING_SAID)
    assert await world.said_names(import_id) == ["ImportDefined", "ImportAnswered"]
    assert (await world.signed_in("ivy").get(f"/imports/{import_id}/check")).json()["state"] == "pending"
    early = await confirm(world, import_id, C241={"choice": "attest"})
    assert (early.status_code, early.json()["code"]) == (409, "check_not_newest")
    await world.checked(import_id, check_no=2, C241=20)
    assert not await imports.consider(world.app.state.context, ivy, import_id, 2, {"C241": "attest"}, NOTHING_SAID)
    assert (await confirm(world, import_id, check_no=2, C241={"choice": "attest"})).json()["state"] == "confirmed"


async def test_what_is_tried_waits_for_the_start_before_it_waits_for_a_second_person(
    world: World, biller: Biller
) -> None:
    decided = {"C202": CREATE}
    import_id = await world.imported(biller, decide=decided)
    await world.checked(import_id, undecided=("C241",), C202=9, C241=20)
    assert await imports.consider(
        world.app.state.context, Person("ivy", "Ivy Marsh"), import_id, 1, {"C241": "attest"}, NOTHING_SAID
    )
    await world.checked(import_id, check_no=2, undecided=("C207",), C202=9, C207=9, C241=20)
    assert (await approve(world, import_id, check_no=2)).json()["code"] == "nothing_to_approve"
    started = await confirm(world, import_id, check_no=2, C241={"choice": "attest"})
    assert started.json()["second_person_needed"]
    assert (await approve(world, import_id, check_no=2)).json()["state"] == "confirmed"
