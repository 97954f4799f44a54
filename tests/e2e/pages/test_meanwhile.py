"""Two people at one import: nobody starts, answers or approves what was not on the page he had."""

import asyncio
import re
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.e2e.pages.conftest import Browser, World, hidden
from tests.e2e.pages.walking import checked, under_check
from tests.support.crm import Biller

REPLACE = "replace_owner"


@pytest.fixture
async def two(world: World, biller: Biller) -> tuple[Browser, Browser]:
    """Ivy, who may replace owners, and sam, who may not."""
    await world.crm.right("sam", biller)
    await world.admin.execute(
        "UPDATE crm.operator_right SET may_replace_owner = subject = 'ivy' WHERE biller_id = $1", biller.id
    )
    return world.browser("ivy"), world.browser("sam")


async def shown(browser: Browser, import_id: UUID, page: str = "") -> dict[str, list[str]]:
    answer = await browser.get(f"/checks/{import_id}{page}")
    assert answer.status_code == 200, answer.text
    return hidden(answer)


async def kept(world: World, import_id: UUID) -> dict[str, str]:
    rows = await world.admin.fetch("SELECT code, choice FROM mapping.decision WHERE import_id = $1", import_id)
    return {row["code"]: row["choice"] for row in rows}


async def considers(world: World, import_id: UUID, code: str, choice: str) -> None:
    """What sam's answer leaves, as if its check had ended already."""
    await world.admin.execute(
        """INSERT INTO mapping.considered_answer
               (import_id, code, choice, count_seen, considered_by, considered_by_name)
           VALUES ($1, $2, $3, 12, 'sam', 'Sam Okafor')""",
        *(import_id, code, choice),
    )


async def considered(world: World, import_id: UUID) -> dict[str, str]:
    rows = await world.admin.fetch("SELECT code, choice FROM mapping.considered_answer WHERE import_id = $1", import_id)
    return {row["code"]: row["choice"] for row in rows}


def says(answer: httpx.Response) -> str:
    """What went wrong, as the page tells it."""
    found = re.search(r'role="alert".*?</section>', answer.text, re.DOTALL)
    assert found is not None, answer.text
    return found[0]


async def test_nobody_answers_what_is_no_choice_for_him(
    world: World, biller: Biller, two: tuple[Browser, Browser]
) -> None:
    ivy, sam = two
    import_id = await under_check(ivy, biller)
    await checked(world, import_id, C232=12)
    answer = await sam.post(f"/checks/{import_id}", C232=REPLACE)
    assert answer.status_code == 422
    assert "permission to replace account owners" in says(answer)
    assert await considered(world, import_id) == {}


async def test_what_was_answered_after_the_review_was_shown_is_not_started(
    world: World, biller: Biller, two: tuple[Browser, Browser]
) -> None:
    ivy, sam = two
    import_id = await under_check(ivy, biller)
    await checked(world, import_id, C232=12, C225=3)
    old = await shown(ivy, import_id, "/review")
    await sam.post(f"/checks/{import_id}", C225="keep")
    await considers(world, import_id, "C232", "oversight")
    started = await ivy.send(f"/checks/{import_id}/review", old, emails="typed@example.com")
    assert started.status_code == 409
    said = says(started)
    assert "Sam Okafor changed C232 to \N{LEFT DOUBLE QUOTATION MARK}Add the person as an oversight user" in said
    assert re.search(r" at 1?\d:\d\d [AP]M UTC", said)
    assert "Review the changes, then try again" in said
    assert "typed@example.com" in started.text
    assert await kept(world, import_id) == {}
    now = hidden(started)
    assert now["answer_shown"] == ["C232:oversight"]
    again = await ivy.send(f"/checks/{import_id}/review", now, emails="")
    assert again.status_code == 303
    assert await kept(world, import_id) == {"C232": "oversight"}


async def test_the_check_on_the_page_is_started_and_no_newer_one(
    world: World, biller: Biller, two: tuple[Browser, Browser]
) -> None:
    ivy, _ = two
    import_id = await under_check(ivy, biller)
    await checked(world, import_id, C225=3)
    pages = {page: await shown(ivy, import_id, page) for page in ("", "/review")}
    await checked(world, import_id, check_no=2, C225=3)
    for page, old in pages.items():
        answer = await ivy.send(f"/checks/{import_id}{page}", old, C225="enroll_again", emails="")
        assert answer.status_code == 409
        assert "the newest is 2" in says(answer)
    for page in ("", "/review"):
        assert (await ivy.send(f"/checks/{import_id}{page}", {"check_no": ["abc"]}, C225="keep")).status_code == 409
    assert (await kept(world, import_id), await considered(world, import_id)) == ({}, {})


async def test_two_who_answer_at_once_do_not_overwrite_each_other(
    world: World, biller: Biller, two: tuple[Browser, Browser]
) -> None:
    ivy, sam = two
    import_id = await under_check(ivy, biller)
    await checked(world, import_id, undecided=("C223",), C223=4, C225=2)
    old = await shown(ivy, import_id)
    answers = await asyncio.gather(
        ivy.send(f"/checks/{import_id}", old, C223="skip", C225="keep"),
        sam.send(f"/checks/{import_id}", old, C223="delivery_email", C225="enroll_again"),
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    stands = await considered(world, import_id)
    if answers[0].status_code == 303:  # ivy's answers move no row
        assert stands["C223"] == "skip"
        assert "changed C223 to" in says(answers[1])
        assert 'name="C223" value="delivery_email" checked' in answers[1].text, "what the person chose is lost"
    else:  # with sam's the file is checked again, and what that finds is answered
        assert stands == {"C223": "delivery_email", "C225": "enroll_again"}
        assert "being checked again with new decisions" in says(answers[0])


async def test_the_same_answer_of_two_people_is_no_conflict(
    world: World, biller: Biller, two: tuple[Browser, Browser]
) -> None:
    ivy, sam = two
    import_id = await under_check(ivy, biller)
    await checked(world, import_id, undecided=("C223",), C223=4)
    old = await shown(ivy, import_id)
    for browser in (sam, ivy):
        assert (await browser.send(f"/checks/{import_id}", old, C223="skip")).status_code == 303


async def test_who_gets_the_log_is_not_overwritten_unseen(
    world: World, biller: Biller, two: tuple[Browser, Browser]
) -> None:
    ivy, sam = two
    import_id = await under_check(ivy, biller)
    await checked(world, import_id)
    old = await shown(ivy, import_id, "/review")
    assert (await sam.post(f"/checks/{import_id}/review", emails="sam@example.com")).status_code == 303
    await checked(world, import_id, check_no=2)
    await world.admin.execute("UPDATE mapping.import SET state = 'held' WHERE id = $1", import_id)
    old["check_no"] = ["2"]
    answer = await ivy.send(f"/checks/{import_id}/review", old, emails="ivy@example.com")
    assert answer.status_code == 409
    assert "Sam Okafor changed who gets the log at" in says(answer)


async def test_the_second_person_approves_what_the_page_showed(
    world: World, biller: Biller, two: tuple[Browser, Browser]
) -> None:
    ivy, sam = two
    await world.admin.execute("UPDATE crm.operator_right SET may_approve = subject = 'sam'")
    import_id = await under_check(ivy, biller)
    missing = {"customers_missing": 9}
    await checked(world, import_id, undecided=("C201", "C202"), impact=missing, C201=9, C202=9, C225=2)
    await ivy.post(f"/checks/{import_id}", C201="continue")
    review = await shown(ivy, import_id, "/review")
    tried = await ivy.send(f"/checks/{import_id}/create", review, create="yes")
    assert tried.status_code == 303, tried.text
    found: dict[str, Any] = {"C201": 9, "C202": 9, "C225": 2, "C207": 9}
    await checked(world, import_id, check_no=2, undecided=("C201", "C207"), **found)
    asked = await ivy.post(f"/checks/{import_id}/review", create="yes", typed_count="9", emails="")
    assert asked.status_code == 303, asked.text
    page = await sam.get(f"/checks/{import_id}")
    assert re.search(r"Account not found <a [^>]*>C202</a></dt><dd>Create the missing customers", page.text)
    old = hidden(page)
    assert (await sam.send(f"/checks/{import_id}", old, C225="keep")).status_code == 409  # nothing to answer now
    again = {"C201": {"choice": "continue", "typed_count": 9}, "C202": {"choice": "create"}}
    changed = await ivy.client.post(
        f"/api/v1/imports/{import_id}/confirm",
        json={"check_no": 2, "decisions": again | {"C225": {"choice": "enroll_again"}}},
        headers={"x-csrf-token": ivy.session.csrf},
    )
    assert changed.json()["state"] == "confirmed", changed.text
    assert (await sam.send(f"/checks/{import_id}/approve", old)).status_code == 409
    await checked(world, import_id, check_no=3, undecided=("C201", "C207"), **found)
    await world.admin.execute("UPDATE mapping.import SET state = 'held' WHERE id = $1", import_id)
    assert (await sam.send(f"/checks/{import_id}/approve", old)).status_code == 409
    page = await sam.get(f"/checks/{import_id}")
    assert "Re-enroll them" in page.text
    assert (await sam.send(f"/checks/{import_id}/approve", hidden(page))).status_code == 303
