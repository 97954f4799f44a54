import csv
import io
import json
import re
from typing import Any
from uuid import UUID

import pytest

from services.mapping.pages.checking import MOST_LEFT_OUT, lines_of
from shared.contracts.codes import CODES
from shared.http import Problem
from tests.e2e.pages.conftest import Browser, World
from tests.e2e.pages.walking import checked, under_check, upload
from tests.support.crm import Biller
from tests.support.plans import plan_row

IMPACT = {
    "customers_of_biller": 400,
    "customers_touched": 100,
    "customers_to_create": 0,
    "customers_missing": 0,
    "logins_to_change": 1234,
    "linked_accounts_reached": 3,
    "enrolments": {"WATER": 70},
}


async def held(world: World, browser: Browser, biller: Biller, **counts: Any) -> UUID:
    import_id = await under_check(browser, biller)
    await checked(world, import_id, impact=IMPACT, **counts)
    return import_id


async def test_the_review_shows_impact_and_rows_before_and_after(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await held(world, browser, biller, W322=2)
    await plan_row(
        world.admin,
        import_id,
        2,
        login_action="update_email",
        seen_login_email="old@example.com",
        email="new@example.com",
        seen_enrollments=[None],
    )
    page = (await browser.get(f"/checks/{import_id}/review")).text
    assert " of 400 customers (25%)" in page
    assert "1,234" in page
    assert "The login is also used at another biller" in page
    assert re.search(r"old@example\.com.*new@example\.com", page, re.DOTALL)
    assert "Enrollments" in page
    assert "sample-payment_method" not in page  # nothing of the kind happens


async def test_the_review_of_autopay_shows_when_customers_are_debited_first(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await under_check(browser, biller)
    days = [{"day": f"2026-12-{n:02d}", "customers": n, "amount": f"{n}042.50"} for n in (8, 16)]
    first = {"customers": 31, "amount": "99000.00", "first_day": "2026-12-08", "in_first_week": 8, "days": days}
    await checked(world, import_id, impact=IMPACT | {"first_collection": first | {"without_open_bill": 12}})
    page = (await browser.get(f"/checks/{import_id}/review")).text
    assert "31 customers, first on Dec 8, 2026, 8 in the first week." in page
    strip = re.findall(r"<i>([^<]*)</i>(?: <b>([^<]*)</b> <span>([^<]*)</span>)?", page)
    assert strip[0] == ("Tue, Dec 8", "8 customers", "$8,042.50")
    assert [one[1] for one in strip].count("") == 12
    assert "After Dec 21, 2026: 7 customers" in page
    assert "No open bill: 12 customers" in page
    assert "Open bills that are not collected" not in page


async def test_what_has_started_says_how_it_was_defined(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await held(world, browser, biller, undecided=("C223",), C223=4)
    assert (
        '<h2 id="defined">How it was defined</h2><details ><summary>'
        in (await browser.get(f"/checks/{import_id}")).text
    )
    await checked(world, import_id, state="finished")
    await world.admin.execute("UPDATE mapping.import SET state = 'completed' WHERE id = $1", import_id)
    page = (await browser.get(f"/checks/{import_id}")).text.partition("How it was defined")[2]
    for part in ("Requested by Ivy Marsh", "They agreed.", "Email: Email", "Email customers", "customers.csv"):
        assert part in page


async def test_a_review_without_rows_says_so(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await held(world, browser, biller)
    assert "No row changes anything" in (await browser.get(f"/checks/{import_id}/review")).text


async def test_customers_that_cannot_be_created_say_what_is_missing(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await held(world, browser, biller, C202=11)
    page = (await browser.get(f"/checks/{import_id}/review")).text
    assert re.search(r'id="create"[^>]* disabled', page)
    assert re.search(r'href="/import/[^"]+/columns">Map a name column</a> to create them', page)


async def test_a_file_of_another_biller_is_not_started(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await held(world, browser, biller, C202=80)
    nothing = '{"applied": 0, "no_change": 0, "skipped": 80, "held": 0, "failed": 0}'
    await world.admin.execute(
        "UPDATE validation.import_check SET planned = $2 WHERE import_id = $1", import_id, nothing
    )
    for address in (f"/checks/{import_id}", f"/checks/{import_id}/review"):
        page = (await browser.get(address)).text
        assert f"No row of this file would be applied to {biller.name}" in page
        assert re.search(r'href="/import/[^"]+/biller"', page)
    assert "Start import" not in page
    answer = await browser.post(f"/checks/{import_id}/review", emails="")
    assert answer.status_code == 422
    assert "No row would be applied" in answer.text
    assert await world.admin.fetchval("SELECT count(*) FROM mapping.confirmation WHERE import_id = $1", import_id) == 0


async def test_the_plan_is_paged_and_filtered(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await held(world, browser, biller, R142=60)
    for line in range(2, 62):
        await plan_row(world.admin, import_id, line, verdict="failed", codes=["R142"])
    await plan_row(world.admin, import_id, 70, email="a@example.com", seen_enrollments=["expired:"])
    page = (await browser.get(f"/checks/{import_id}/plan?outcome=failed")).text
    assert page.count(f"{CODES['R142'].title} <a ") == 50
    following = re.search(r'href="(\?[^"]*after=[^"]+)"', page)
    assert following is not None
    page = (await browser.get(f"/checks/{import_id}/plan{following[1].replace('&amp;', '&')}")).text
    assert page.count(f"{CODES['R142'].title} <a ") == 10
    assert "First page" in page
    assert "No rows match" in (await browser.get(f"/checks/{import_id}/plan?outcome=held")).text
    page = (await browser.get(f"/checks/{import_id}/plan?outcome=applied&size=100")).text
    assert "Enrollment (WATER)" in page
    assert (await world.browser("sam").get(f"/checks/{import_id}/plan")).status_code == 404


async def test_each_number_of_the_review_leads_to_the_rows_it_counts(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await under_check(browser, biller)
    impact = IMPACT | {"customers_touched": 3, "customers_to_create": 1, "logins_to_create": 1, "logins_to_change": 1}
    changed = {"enrollments_changed": {"WATER": 1}, "enrolled_without_invoice": {"WATER": 2}}
    await checked(world, import_id, impact=impact | {"enrolments": {"WATER": 2}} | changed)
    billed = await world.crm.customer(biller, "BILLED")
    await world.crm.invoice(billed, await world.crm.type_id(biller, "WATER"))
    await plan_row(world.admin, import_id, 2, login_action="update_email", email="n@example.com", codes=["C223"])
    made = {"customer_id": None, "login_action": "create_shell", "seen_enrollments": [None]}
    await plan_row(world.admin, import_id, 3, **made)
    moved = {"email": "n@example.com", "seen_enrollments": ["active:o@example.com"], "customer_id": billed}
    await plan_row(world.admin, import_id, 4, **moved)
    page = (await browser.get(f"/checks/{import_id}/review")).text
    tiles = dict(re.findall(r'<a class="tile" href="([^"]+)"><b>[\d,]+</b><span>([^<]+)', page))
    links = {words: url for url, words in tiles.items()}
    links |= {words: url for url, words in re.findall(r'<a href="([^"]+)">(2 customers without [^<]+)', page)}
    found = {words: await _lines(browser, url.replace("&amp;", "&")) for words, url in links.items()}
    assert found == {
        "Customers changed": [2, 4],
        "Customers created": [3],
        "Logins created": [3],
        "Logins changed": [2],
        "Linked accounts outside the file": [2],
        "New WATER enrollments": [3],
        "Changed WATER enrollments": [4],
        "2 customers without a WATER bill": [2, 3],
    }
    page = (await browser.get(f"/checks/{import_id}/plan?enrollment=changed&invoice_type=WATER")).text
    assert '<option value="changed" selected>' in page
    assert '<option value="WATER" selected>' in page


async def _lines(browser: Browser, url: str) -> list[int]:
    return [int(line) for line in re.findall(r'<th scope="row" class="num">(\d+)', (await browser.get(url)).text)]


async def test_a_row_says_what_its_login_also_owns(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await held(world, browser, biller)
    login = await world.crm.login(biller.realm_id, "old@example.com")
    own, *_ = [await world.crm.customer(biller, f"REACH-{number}", owner=login) for number in range(3)]
    neighbor = await world.crm.biller(realm_id=biller.realm_id)
    await world.crm.customer(neighbor, "SECRET-1", owner=login)
    changed = {"login_action": "update_email", "seen_login_email": "old@example.com", "email": "new@example.com"}
    await plan_row(world.admin, import_id, 2, customer_id=own, login_id=login, **changed)
    page = (await browser.get(f"/checks/{import_id}/plan?line=2")).text
    reached = f"This login also owns 2 accounts: REACH-1, REACH-2; and 1 account at {neighbor.name}."
    assert reached in page
    assert "SECRET-1" not in page
    assert reached in (await browser.get(f"/checks/{import_id}/review")).text, "samples say the same"


async def test_the_plan_shows_one_line_and_offers_what_there_is(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await held(world, browser, biller, R142=1, W304=2)
    await plan_row(world.admin, import_id, 2, verdict="failed", codes=["R142"])
    await plan_row(world.admin, import_id, 7, email="a@example.com", seen_enrollments=["expired:"])
    page = (await browser.get(f"/checks/{import_id}/plan?line=7")).text
    assert re.findall(r'<th scope="row" class="num">(\d+)', page) == ["7"]
    assert "Enrollment (WATER)" in page
    assert re.findall(r'<option value="([A-Z]\d{3})"', page) == ["R142"], "no row has a code of the whole file"
    assert "Download all rows not applied" in page
    assert "No rows match" in (await browser.get(f"/checks/{import_id}/plan?line=8")).text
    page = (await browser.get(f"/checks/{import_id}/plan?text=A@example.com")).text
    assert re.findall(r'<th scope="row" class="num">(\d+)', page) == ["7"]
    assert 'name="text" maxlength="200" value="A@example.com"' in page
    assert "No rows match" in (await browser.get(f"/checks/{import_id}/plan?change=login_email")).text
    every = '{"applied": 100, "no_change": 0, "skipped": 0, "held": 0, "failed": 0}'
    await world.admin.execute("UPDATE validation.import_check SET planned = $2 WHERE import_id = $1", import_id, every)
    assert "Download" not in (await browser.get(f"/checks/{import_id}/plan")).text


async def test_rows_in_context_say_how_many_they_are_of_and_lead_to_all(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await held(world, browser, biller, R142=14, S401=14, R143=2, C205=16, C211=3)
    page = (await browser.get(f"/checks/{import_id}")).text
    assert page.count("Rows in context: 2 of 14") == 2
    assert page.count("<summary>Rows in context</summary>") == 1
    assert f'href="/checks/{import_id}/correct?code=R142"' in page, "there the cells are shown, to be corrected"
    assert f'href="/checks/{import_id}/plan?code=S401"' in page
    assert "All rows with R143" not in page
    assert re.findall(r'href="/checks/[^/]+/([^"]+)">View these rows', page) == ["correct", "plan?code=W311"]


async def test_rows_that_disagree_name_each_other(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await held(world, browser, biller, R132=4)
    for line, number in ((2, "WTR-1"), (9, "WTR-1"), (7, "WTR-1"), (4, "WTR-2")):
        await plan_row(world.admin, import_id, line, verdict="held", codes=["R132"], account_number=number)
    await plan_row(world.admin, import_id, 11, account_number="WTR-1")
    page = (await browser.get(f"/checks/{import_id}/plan?outcome=held")).text
    beside = re.findall(r"Other rows? of this account: ([^<]*)\.<", page)
    assert [" ".join(one.split()) for one in beside] == ["lines 7, 9", "lines 2, 9", "lines 2, 7"]


async def test_nothing_starts_whose_numbers_were_not_shown(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await held(world, browser, biller, C202=10)
    answer = await browser.post(f"/checks/{import_id}/review", create="yes", emails="dana@example.com")
    assert answer.status_code == 422
    assert "The numbers on this page are not those of your choice" in answer.text
    assert 'value="dana@example.com"' in answer.text
    assert await world.admin.fetchval("SELECT count(*) FROM mapping.confirmation WHERE import_id = $1", import_id) == 0


async def test_rows_that_cannot_be_used_are_downloaded_with_defused_cells(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await held(world, browser, biller)
    await plan_row(world.admin, import_id, 2)
    await plan_row(world.admin, import_id, 3, verdict="failed", codes=["R142"], account_number="=1+1")
    await plan_row(world.admin, import_id, 4, verdict="held", codes=["R132"])
    await plan_row(world.admin, import_id, 5, verdict="skipped", codes=["C202"])
    answer = await browser.get(f"/checks/{import_id}/rows.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [(row["line"], row["codes"]) for row in rows] == [("3", "R142"), ("4", "R132")]
    assert [row["result"] for row in rows] == ["Failed", "On hold"]
    assert rows[0]["account number"] == "'=1+1"
    assert rows[0]["remedy"] == CODES["R142"].remedy
    answer = await browser.get(f"/checks/{import_id}/rows.csv?which=not_applied")
    assert len(answer.text.splitlines()) == 4


async def test_numbers_not_found_show_the_nearest_that_exists(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    content = b"Acct,Email\nWTR-0011,a@example.com\nZZZ,b@example.com\n"
    import_id = await under_check(browser, biller, content)
    await checked(world, import_id, undecided=("C202",), C202=2)
    page = (await browser.get(f"/checks/{import_id}")).text
    assert re.search(r"WTR-0011</td><td[^>]*>WTR-0001</td>", page)
    assert "No similar number" in page
    assert "never used automatically" in page


async def test_a_closed_account_shows_the_open_one_beside_it(world: World, biller: Biller) -> None:
    for number, status in (("101-01", "closed"), ("101-02", "active"), ("101-03", "inactive"), ("XYZ", "closed")):
        await world.crm.customer(biller, number, status=status)
    browser = world.browser("ivy")
    import_id = await under_check(browser, biller, b"Acct,Email\n101-01,a@example.com\nXYZ,b@example.com\n")
    await checked(world, import_id, R111=2)
    page = (await browser.get(f"/checks/{import_id}")).text
    assert re.search(r"101-01</td><td[^>]*>101-02</td>", page)
    assert re.search(r"XYZ</td><td[^>]*>No similar number</td>", page)
    assert "Nearest open" in page
    assert "never used automatically" in page


async def test_a_row_is_left_out_and_the_answers_stay(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await held(world, browser, biller, undecided=("C223",), C223=4, R142=1)
    await browser.post(f"/checks/{import_id}", C223="skip")
    page = (await browser.get(f"/checks/{import_id}")).text
    assert 'form="leave-out" name="line" value="2"' in page
    address = re.search(r'action="(/import/[^"]+/leave-out)"', page)
    assert address is not None
    answer = await browser.post(address[1], line=["2", "7-9"])
    after = UUID(answer.headers["location"].rsplit("/", 1)[1])
    assert after != import_id
    definition = json.loads(await world.admin.fetchval("SELECT definition FROM mapping.import WHERE id = $1", after))
    assert definition["options"]["exclude_lines"] == [2, 7, 8, 9]
    assert await world.admin.fetchval("SELECT state FROM mapping.import WHERE id = $1", import_id) == "cancelled"
    await checked(world, after, undecided=("C223",), C223=4)
    page = (await browser.get(f"/checks/{after}")).text
    assert "Decided by Ivy Marsh" in page
    assert "Skipped so far: 4 lines" in page
    answer = await browser.post(address[1], action="none")
    last = UUID(answer.headers["location"].rsplit("/", 1)[1])
    definition = json.loads(await world.admin.fetchval("SELECT definition FROM mapping.import WHERE id = $1", last))
    assert definition["options"]["exclude_lines"] == []


async def test_answers_do_not_move_to_another_file(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await held(world, browser, biller, undecided=("C223",), C223=4, R142=1)
    await browser.post(f"/checks/{import_id}", C223="skip")
    draft = await world.admin.fetchval("SELECT id FROM mapping.draft WHERE import_id = $1", import_id)
    other = await upload(browser, biller, b"Acct,Email\nWTR-9,z@example.com\n")
    await world.admin.execute(
        """UPDATE mapping.draft d
           SET content = jsonb_set(content, '{file}', content -> 'file'
               || jsonb_build_object('id', f.id, 'sha256', f.sha256, 'size', f.size))
           FROM mapping.secure_file f WHERE d.id = $1 AND f.id = $2""",
        draft,
        UUID(other),
    )
    answer = await browser.post(f"/import/{draft}/leave-out", action="none")
    after = UUID(answer.headers["location"].rsplit("/", 1)[1])
    assert after != import_id
    answers = "SELECT count(*) FROM mapping.considered_answer WHERE import_id = $1"
    assert await world.admin.fetchval(answers, import_id) == 1
    assert await world.admin.fetchval(answers, after) == 0


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        (["12, 15-17"], {12, 15, 16, 17}),
        (["3", "", "4"], {3, 4}),
        (["2 - 3;9"], {2, 3, 9}),
    ],
)
def test_lines_are_read_as_people_write_them(given: list[str], lines: set[int]) -> None:
    assert lines_of(given) == lines


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("12, 4O", "no_such_line"),
        ("0", "no_such_line"),
        ("9-7", "no_such_line"),
        ("12345678901", "no_such_line"),
        ("", "no_such_line"),
        ("1-999999999", "too_many_lines"),
        (f"5-{2 * MOST_LEFT_OUT + 5}", "too_many_lines"),
        (f"1-{MOST_LEFT_OUT} " * 20_000, "too_many_lines"),
    ],
)
def test_no_line_is_guessed(given: str, code: str) -> None:
    with pytest.raises(Problem) as found:
        lines_of([given])
    assert found.value.code == code
