"""The second person: what waits for him, what he sees of it, and approving or returning it."""

import re
from uuid import UUID

import pytest

from shared.approvals import asked_of
from tests.e2e.pages.conftest import Browser, World, hidden
from tests.e2e.pages.walking import checked, under_check
from tests.support.crm import Biller
from tests.support.plans import plan_row

IMPACT = {"customers_of_biller": 400, "customers_touched": 70, "customers_to_create": 9, "customers_missing": 9}


@pytest.fixture
async def asked(world: World, biller: Biller) -> tuple[Browser, Browser, UUID]:
    """Ivy has started an import that sam has to approve."""
    await world.crm.right("sam", biller)
    await world.admin.execute("UPDATE crm.operator_right SET may_approve = subject = 'sam'")
    ivy, sam = world.browser("ivy"), world.browser("sam")
    import_id = await under_check(ivy, biller)
    await checked(world, import_id, undecided=("C207",), impact=IMPACT, C207=9)
    await plan_row(
        world.admin,
        import_id,
        2,
        login_action="update_email",
        seen_login_email="old@example.com",
        email="new@example.com",
        seen_enrollments=[None],
    )
    assert not await inbox(sam, import_id), "nobody has started it"
    await start(ivy, import_id)
    return ivy, sam, import_id


async def start(browser: Browser, import_id: UUID) -> None:
    answer = await browser.post(f"/checks/{import_id}/review", emails="")
    assert (answer.status_code, answer.headers.get("location")) == (303, f"/checks/{import_id}"), answer.text


async def inbox(browser: Browser, import_id: UUID) -> bool:
    """Whether it waits for this person: in the list, which the badge of every page counts."""
    listed = re.findall(r'href="/checks/([0-9a-f-]+)"', (await browser.get("/approvals")).text)
    badge = re.search(r'(\d+)<span class="sr"> waiting for you', (await browser.get("/")).text)
    assert (int(badge[1]) if badge else 0) == len(listed)
    return str(import_id) in listed


async def test_the_second_person_sees_who_asks_and_what_will_happen(
    world: World, asked: tuple[Browser, Browser, UUID]
) -> None:
    ivy, sam, import_id = asked
    assert await asked_of(world.admin, [import_id]) == [import_id]
    assert await inbox(sam, import_id)
    assert not await inbox(ivy, import_id)
    page = (await sam.get(f"/checks/{import_id}")).text
    assert "Ivy Marsh asks for approval" in page
    assert "Approve and start: 70 rows" in page
    assert re.search(r"<b>61</b><span>Customers changed.*<b>9</b><span>Customers created", page)
    assert "61 of 400 customers (15%)</strong> will change. 9 new customers will be created." in page
    defined = page.partition('<h2 id="defined">How it was defined</h2><details open>')[2]
    for part in ("Requested by Ivy Marsh", "They agreed.", "Email: Email", "Email customers", "customers.csv"):
        assert part in defined
    assert re.search(r"old@example\.com.*new@example\.com", page, re.DOTALL)
    own = (await ivy.get(f"/checks/{import_id}")).text
    assert "It waits for sam. They find it" in own
    assert "1 has not signed in with an email address yet" in own
    assert "Approve and start" not in own
    looked = re.search(r'data-waits="([^"]+)"', own)
    assert looked
    assert (await ivy.get(looked[1])).status_code == 204
    correct = """INSERT INTO mapping.correction (import_id, line_no, column_name, before, after, corrected_by)
        VALUES ($1, 2, 'Email', 'a', 'b', 'sam')"""
    await world.admin.execute(correct, import_id)
    page = (await sam.get(f"/checks/{import_id}")).text
    assert "You corrected cells of this import yourself.</strong> Another person has to approve it." in page
    assert not re.search(r"Approve and start|Return it with a note", page)
    assert "other than Ivy Marsh and whoever corrected its cells. Nobody else has it now" in page
    assert "They find it" not in page
    assert not await inbox(sam, import_id)
    await world.admin.execute("DELETE FROM mapping.correction WHERE import_id = $1", import_id)
    approved = await sam.send(f"/checks/{import_id}/approve", hidden(await sam.get(f"/checks/{import_id}")))
    assert approved.headers["location"].endswith(f"/status/imports/{import_id}?started=1")
    assert (await ivy.get(looked[1])).headers["location"] == f"/checks/{import_id}"
    assert not await inbox(sam, import_id)


async def test_it_is_returned_with_a_note(world: World, asked: tuple[Browser, Browser, UUID]) -> None:
    ivy, sam, import_id = asked
    shown = hidden(await sam.get(f"/checks/{import_id}"))
    silent = await sam.send(f"/checks/{import_id}/return", shown, note="  ")
    assert silent.status_code == 422
    assert '<a href="#note">' in silent.text
    assert re.search(r'id="note"[^>]* aria-invalid="true"', silent.text)
    assert (await ivy.send(f"/checks/{import_id}/return", shown, note="no")).status_code == 403
    returned = await sam.send(f"/checks/{import_id}/return", shown, note="Ask about <the> nine")
    assert returned.headers["location"] == f"/checks/{import_id}"
    assert await asked_of(world.admin, [import_id]) == []
    assert not await inbox(sam, import_id)
    late = await sam.send(f"/checks/{import_id}/approve", shown)
    assert late.status_code == 409, "what was returned is not approved from an old page"
    for address in (f"/checks/{import_id}", f"/checks/{import_id}/review"):
        page = (await ivy.get(address)).text
        assert "Returned by Sam Okafor" in page
        assert "Ask about &lt;the&gt; nine" in page
    await start(ivy, import_id)
    assert await inbox(sam, import_id)
    page = (await sam.get(f"/checks/{import_id}")).text
    assert "Returned by Sam Okafor" in page
    assert "Ask about &lt;the&gt; nine" in page
    again = hidden(await sam.get(f"/checks/{import_id}"))
    assert (await sam.send(f"/checks/{import_id}/approve", again)).status_code == 303


async def test_a_note_with_a_card_number_is_not_kept(asked: tuple[Browser, Browser, UUID], world: World) -> None:
    _, sam, import_id = asked
    shown = hidden(await sam.get(f"/checks/{import_id}"))
    answer = await sam.send(f"/checks/{import_id}/return", shown, note="Card 4111 1111 1111 1111")
    assert answer.status_code == 422
    assert await world.admin.fetchval("SELECT true FROM mapping.returned WHERE import_id = $1", import_id) is None


async def test_what_was_confirmed_before_and_returned_waits_for_a_new_start(
    world: World, biller: Biller, asked: tuple[Browser, Browser, UUID]
) -> None:
    ivy, sam, _ = asked
    import_id = await under_check(ivy, biller)
    await checked(world, import_id, undecided=("C241",), C241=9)
    await world.admin.execute(
        "INSERT INTO mapping.confirmation (import_id, check_no, confirmed_by) VALUES ($1, 1, 'ivy')", import_id
    )
    await checked(world, import_id, check_no=2, undecided=("C207",), C207=9)
    await world.admin.execute("UPDATE mapping.import SET state = 'held' WHERE id = $1", import_id)
    assert await inbox(sam, import_id)
    shown = hidden(await sam.get(f"/checks/{import_id}"))
    assert (await sam.send(f"/checks/{import_id}/return", shown, note="Not yet")).status_code == 303
    assert not await inbox(sam, import_id)
    assert (await sam.send(f"/checks/{import_id}/approve", shown)).status_code == 409


async def test_who_approves_sees_ten_rows_before_and_after(world: World, asked: tuple[Browser, Browser, UUID]) -> None:
    _, sam, import_id = asked
    for line in range(3, 20):
        await plan_row(
            world.admin,
            import_id,
            line,
            login_action="update_email",
            seen_login_email=f"old{line}@example.com",
            email=f"new{line}@example.com",
            seen_enrollments=[None],
        )
    page = (await sam.get(f"/checks/{import_id}")).text
    shown = page.partition('id="sample-login_email"')[2].partition("</table>")[0]
    assert shown.count('<th scope="row"') == 10


async def test_where_many_may_approve_it_says_once_who_may_not(
    world: World, biller: Biller, asked: tuple[Browser, Browser, UUID]
) -> None:
    ivy, _, import_id = asked
    for number in range(3):
        await world.crm.right(f"approver-{number}", biller)
    await world.admin.execute("UPDATE crm.operator_right SET may_approve = true WHERE subject LIKE 'approver-%'")
    page = (await ivy.get(f"/checks/{import_id}")).text
    assert "It waits for someone with permission to approve, other than Ivy Marsh. They find it" in page
