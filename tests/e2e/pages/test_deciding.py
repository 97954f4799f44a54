import json
import re
from typing import Any
from uuid import UUID

from shared.contracts.codes import CODES, Level
from tests.e2e.pages.conftest import Browser, World, hidden
from tests.e2e.pages.walking import CONTENT, SETTINGS, checked, go, under_check
from tests.support.crm import Biller

DECIDABLE = [code for code in CODES.values() if code.level is Level.CONTINUABLE and len(code.choices) > 1]


def input_of(page: str, code: str, choice: str) -> str:
    found = re.search(rf'<input type="radio" name="{code}" value="{choice}"[^>]*>', page)
    assert found is not None, f"{code} does not offer {choice}"
    return found[0]


async def page_of(browser: Browser, import_id: UUID) -> str:
    answer = await browser.get(f"/checks/{import_id}")
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_every_choice_of_the_registry_is_offered_in_plain_words(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    await world.admin.execute("UPDATE crm.operator_right SET may_replace_owner = true WHERE biller_id = $1", biller.id)
    import_id = await under_check(browser, biller)
    asked = tuple(code.number for code in DECIDABLE if code.default is None)
    found: dict[str, Any] = {code.number: 4 for code in DECIDABLE}
    await checked(world, import_id, undecided=asked, **found)
    page = await page_of(browser, import_id)
    for code in DECIDABLE:
        if code.number in {"C202", "C207"}:  # answered by the toggle of the review, and by the second person
            continue
        for choice in code.choices:
            shown = input_of(page, code.number, choice)
            assert ("checked" in shown) is (choice == code.default)
            assert ("required" in shown) is (code.default is None)
    assert not re.search(r"<span>[A-Z][a-z]*_[a-z_]+", page)


async def test_owners_are_replaced_only_by_those_who_may(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await under_check(browser, biller)
    await checked(world, import_id, undecided=(), C232=2)
    page = await page_of(browser, import_id)
    assert input_of(page, "C232", "oversight")
    assert "replace_owner" not in page


async def test_answers_are_kept_with_who_and_count_and_confirmed_on_the_review(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await under_check(browser, biller)
    await checked(world, import_id, undecided=("C223",), C223=4, C225=2, C221=3)
    answer = await browser.post(f"/checks/{import_id}", C223="delivery_email", C225="enroll_again", C221="skip")
    assert answer.headers["location"] == f"/checks/{import_id}?then=review"
    assert "Starting the check" in await page_of(browser, import_id)
    await checked(world, import_id, check_no=2, C223=4, C225=2, C221=3)
    assert (await browser.get(answer.headers["location"])).headers["location"] == f"/checks/{import_id}/review"
    page = await page_of(browser, import_id)
    assert "Decided by Ivy Marsh" in page
    assert ", for 4 rows" in page
    assert "Ivy Marsh" in (await browser.get(f"/checks/{import_id}/review")).text.split("Decisions")[1]
    started = await browser.post(f"/checks/{import_id}/review", emails="")
    assert started.status_code == 303, started.text
    rows = await world.admin.fetch(
        "SELECT code, choice, count_seen, decided_by FROM mapping.decision WHERE import_id = $1 ORDER BY code",
        import_id,
    )
    # C221 was left as the rule has it: that is nobody's decision.
    assert [tuple(row) for row in rows] == [("C223", "delivery_email", 4, "ivy"), ("C225", "enroll_again", 2, "ivy")]
    await checked(world, import_id, check_no=3, state="approved", C223=4, C225=2)
    await world.admin.execute("UPDATE mapping.import SET state = 'approved' WHERE id = $1", import_id)
    decided = await page_of(browser, import_id)
    assert re.search(r"Decided.*Ivy Marsh", decided)
    assert ">ivy," not in decided


async def test_a_bar_counts_the_open_decisions_and_notices_are_folded(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await under_check(browser, biller)
    await checked(world, import_id, undecided=("C223", "C225"), C223=4, C225=2, W310=3)
    page = await page_of(browser, import_id)
    assert re.search(r'id="open-decisions" data-total="2">2 of 2 decisions open<', page)
    assert re.search(r'<details class="folded"><summary>1 notice: ', page)


async def test_an_answer_to_fewer_rows_is_asked_again(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await under_check(browser, biller)
    await checked(world, import_id, undecided=("C223",), C223=4)
    await browser.post(f"/checks/{import_id}", C223="skip")
    await checked(world, import_id, undecided=("C223",), check_no=2, C223=9)
    assert (await browser.get(f"/checks/{import_id}/review")).status_code == 303
    assert "for 4 rows. There are more rows now" in await page_of(browser, import_id)
    await browser.post(f"/checks/{import_id}", C223="skip")
    assert (await browser.get(f"/checks/{import_id}/review")).status_code == 200


async def test_what_cannot_be_chosen_is_not_kept(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await under_check(browser, biller)
    await checked(world, import_id, C225=4)
    await browser.post(f"/checks/{import_id}", C225="erase", C223="skip", C999="skip")
    count = await world.admin.fetchval("SELECT count(*) FROM mapping.considered_answer WHERE import_id = $1", import_id)
    assert count == 0


async def test_the_recipients_stand_beside_the_definition(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await under_check(browser, biller)
    before = await world.admin.fetchval("SELECT definition FROM mapping.import WHERE id = $1", import_id)
    await checked(world, import_id)
    assert "ivy@example.com" in (await browser.get(f"/checks/{import_id}/review")).text
    started = await browser.post(f"/checks/{import_id}/review", emails="ann@example.com, bob@example.com")
    assert started.status_code == 303, started.text
    assert await world.admin.fetchval("SELECT definition FROM mapping.import WHERE id = $1", import_id) == before
    shown = (await browser.get(f"/api/v1/imports/{import_id}")).json()["log_recipients"]
    book = await world.admin.fetch(
        "SELECT email FROM mapping.log_recipient WHERE id = ANY ($1::uuid[]) ORDER BY email", shown["recipients"]
    )
    assert [row["email"] for row in book] == ["ann@example.com", "bob@example.com"]
    assert shown["chosen_by"] == "ivy"
    assert shown["chosen_at"]


async def test_too_many_recipients_are_told_at_their_field(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await under_check(browser, biller)
    await checked(world, import_id)
    emails = " ".join(f"person{number}@example.com" for number in range(11))
    answer = await browser.post(f"/checks/{import_id}/review", emails=emails)
    assert answer.status_code == 422
    assert "at most 10 addresses; you entered 11" in answer.text
    assert '<a href="#emails">' in answer.text
    assert re.search(r'id="emails" aria-invalid="true"', answer.text)
    assert "<title>Error: Review and start" in answer.text
    assert emails in answer.text, "what the person typed is lost"


async def test_a_wrong_number_of_customers_is_told_at_its_field_and_kept(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await under_check(browser, biller)
    await checked(world, import_id, undecided=("C201", "C202"), impact={"customers_missing": 9}, C201=9, C202=9)
    await browser.post(f"/checks/{import_id}", C201="continue")
    review = hidden(await browser.get(f"/checks/{import_id}/review"))
    tried = await browser.send(f"/checks/{import_id}/create", review, create="yes")
    assert tried.status_code == 303, tried.text
    await checked(world, import_id, check_no=2, undecided=("C201",), C201=9, C202=9)
    answer = await browser.post(f"/checks/{import_id}/review", create="yes", typed_count="8", emails="")
    assert answer.status_code == 422
    assert "That number doesn&#39;t match. Customers to create: 9" in answer.text
    assert '<a href="#typed">' in answer.text
    assert re.search(r'id="typed"[^>]*value="8"[^>]*aria-invalid="true"', answer.text)


async def test_nobody_can_be_chosen_as_recipient(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await under_check(browser, biller)
    await checked(world, import_id)
    await browser.post(f"/checks/{import_id}/review", emails="")
    shown = (await browser.get(f"/api/v1/imports/{import_id}")).json()["log_recipients"]
    assert (shown["recipients"], shown["chosen_by"]) == ([], "ivy")


async def test_the_numbers_follow_an_answer_before_the_review(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await under_check(browser, biller)
    await checked(world, import_id, undecided=("C223", "C243"), C223=4, C243=2)
    address = f"/checks/{import_id}/answers"
    shown = await browser.get(f"/checks/{import_id}")
    assert f'data-counts="{address}" data-at-once' in shown.text
    stop = await browser.send(address, hidden(shown), C243="stop")
    assert stop.headers["location"] == f"/checks/{import_id}"
    kept = "SELECT code, choice FROM mapping.considered_answer WHERE import_id = $1"
    assert await world.admin.fetch(kept, import_id) == [], "whoever would stop says so with Continue"
    answer = await browser.send(address, hidden(shown), C223="delivery_email")
    assert answer.headers["location"] == f"/checks/{import_id}"
    assert "Starting the check" in await page_of(browser, import_id)
    await checked(world, import_id, check_no=2, undecided=("C243",), C223=4, C243=2)
    page = await page_of(browser, import_id)
    assert "checked" in input_of(page, "C223", "delivery_email")
    assert "1 of 1 decision open" in page
    stale = await browser.send(address, hidden(shown), C223="skip")
    assert stale.status_code in {409, 422}


async def test_many_rows_are_counted_when_a_person_says_so(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await under_check(browser, biller)
    await checked(world, import_id, undecided=("C223",), C223=4)
    await world.admin.execute("UPDATE validation.import_check SET rows_read = 100001 WHERE import_id = $1", import_id)
    page = await page_of(browser, import_id)
    assert "data-counts" in page
    assert "data-at-once" not in page
    assert "These numbers do not include what you chose since." in page
    assert page.count("Update the numbers") == 2, "one of them without a script"


async def test_what_was_changed_since_the_check_is_checked_anew(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await under_check(browser, biller)
    await checked(world, import_id, undecided=())
    found = re.search(r'href="(/import/[^"]+)/account-number"', await page_of(browser, import_id))
    assert found is not None
    draft = found[1]
    unchanged = await browser.get(f"{draft}/check")
    assert unchanged.headers["location"] == f"/checks/{import_id}"
    await go(browser, f"{draft}/settings", **SETTINGS | {"type": ["SEWER"]})
    ready = (await browser.get(f"{draft}/check")).text
    assert "This replaces the earlier check" in ready
    page = await page_of(browser, import_id)
    assert "You changed the draft after this check" in page
    assert "Continue to review" not in page
    assert (await browser.get(f"/checks/{import_id}/review")).headers["location"] == f"/checks/{import_id}"
    started = await browser.post(f"/checks/{import_id}/review", emails="")
    assert started.headers["location"] == f"/checks/{import_id}"
    after = (await browser.post(f"{draft}/check")).headers["location"]
    assert after != f"/checks/{import_id}"
    states = {str(row["id"]): row["state"] for row in await world.admin.fetch("SELECT id, state FROM mapping.import")}
    assert (states[str(import_id)], states[after.rsplit("/", 1)[1]]) == ("cancelled", "checking")


async def test_a_check_behind_another_import_of_the_biller_says_so(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    ahead = await under_check(browser, biller)
    await checked(world, ahead, state="approved")
    import_id = await under_check(browser, biller, CONTENT + b"12,a12@example.com,3\n")
    assert "Starting the check" in await page_of(browser, import_id)
    await checked(world, import_id, state="pending")
    page = await page_of(browser, import_id)
    assert "Another import for this biller has to finish first" in page
    assert f'href="/status/imports/{import_id}"' in page
    await checked(world, ahead, state="finished")
    assert "Starting the check" in await page_of(browser, import_id)


async def test_a_check_that_waits_says_how_many_are_before_it(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    ended = "UPDATE validation.import_check SET state = 'finished' WHERE state = 'pending'"
    await world.admin.execute(ended)
    earlier = [await under_check(browser, biller, CONTENT + f"{n},b@example.com,3\n".encode()) for n in (20, 21)]
    for import_id in earlier:
        await checked(world, import_id, state="pending")
    mine = await under_check(browser, biller, CONTENT + b"22,b@example.com,3\n")
    await checked(world, mine, state="pending")
    assert "2 checks are before this one. Billers take turns." in await page_of(browser, mine)
    await checked(world, earlier[0], state="finished")
    assert "1 check is before this one. Billers take turns." in await page_of(browser, mine)
    assert "Starting the check" in await page_of(browser, earlier[1])
    await world.admin.execute(ended)


async def test_a_file_that_must_not_be_kept_is_said_to_be_removed_at_once(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await under_check(browser, biller)
    await checked(world, import_id, state="rejected", F001=1)
    assert "removed from Secure Upload" not in await page_of(browser, import_id)
    await checked(world, import_id, state="rejected", F008=1)
    assert "removed from Secure Upload" in await page_of(browser, import_id)


async def test_what_has_ended_is_not_cancelled_again(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await under_check(browser, biller)
    address, status = f"/checks/{import_id}/cancel", f"/status/imports/{import_id}"
    assert "Discard this import?" in (await browser.get(address)).text
    for _ in range(2):  # the second comes too late
        answer = await browser.post(address)
        assert (answer.status_code, answer.headers["location"]) == (303, status)
    assert (await browser.get(address)).headers["location"] == status


async def test_a_mapping_kept_as_a_recipe_is_still_the_one_that_was_checked(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await under_check(browser, biller)
    await checked(world, import_id, undecided=())
    found = re.search(r'href="(/import/[^"]+)/account-number"', await page_of(browser, import_id))
    assert found is not None
    saved = await browser.post(f"{found[1]}/save-recipe", name="Monthly", back="review")
    assert saved.headers["location"].startswith(f"/checks/{import_id}/review")
    assert "Continue to review" in await page_of(browser, import_id)


async def test_a_rejected_file_says_why_before_how_it_was_defined(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await under_check(browser, biller)
    await checked(world, import_id, state="rejected", F008=1)
    detail = {"line": 3, "column": 2, "name": "Meter Serial", "message": "The cell contains a card number"}
    await world.admin.execute(
        "UPDATE validation.finding SET detail = $2 WHERE import_id = $1", import_id, json.dumps(detail)
    )
    page = (await browser.get(f"/checks/{import_id}")).text
    why, _, defined = page.partition("How it was defined")
    assert "Line 3, column 2 (Meter Serial)." in why
    assert "remove its column or shorten the number" in why
    assert "Requested by Ivy Marsh" in defined
