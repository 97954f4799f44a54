import re

import httpx
import pytest

from services.mapping.draft import Content
from tests.e2e.pages.conftest import World
from tests.e2e.pages.walking import CONTENT, SETTINGS, at_columns, draft_of, go, upload
from tests.support.crm import Biller


async def test_a_paperless_import_from_the_biller_to_the_check(world: World, biller: Biller) -> None:
    browser = world.browser("paul")
    file_id = await upload(browser, biller)
    draft = await draft_of(browser, biller)
    assert (await go(browser, f"{draft}/kind", kind="paperless")).endswith("/file")
    assert (await go(browser, f"{draft}/file", file=file_id)).endswith("/columns")
    page = (await browser.get(f"{draft}/columns")).text
    assert re.search(r"<option selected[^>]*>Email", page)
    assert (await go(browser, f"{draft}/columns", **{"field-email": "Email"})).endswith("/settings")
    assert (await go(browser, f"{draft}/settings", **SETTINGS)).endswith("/account-number")
    suggested = (await browser.get(f"{draft}/account-number")).text
    assert "83% of the first rows match" in suggested
    assert suggested.count("Apply suggestion") == 1  # no others that make the same or fit by chance
    answer = await browser.post(f"{draft}/account-number", action="suggested")
    assert answer.status_code == 303
    assert "10 found, 2 not found" in (await browser.get(f"{draft}/account-number")).text
    assert (await browser.get(f"{draft}/order")).headers["location"] == f"{draft}/account-number"
    assert (await go(browser, f"{draft}/account-number")).endswith("/check")
    answer = await browser.post(f"{draft}/check")
    assert answer.status_code == 303
    page = (await browser.get(answer.headers["location"])).text
    assert "Checking customers.csv" in page
    row = await world.admin.fetchrow("SELECT kind, requester FROM mapping.import WHERE biller_id = $1", biller.id)
    assert row is not None
    assert row["kind"] == "paperless"


async def test_a_number_of_parts_is_suggested_and_put_together(world: World, biller: Biller) -> None:
    for number in range(10):
        await world.crm.customer(biller, f"{201 + number % 2}-{number * 7 + 1:04d}-0{number % 3 + 1}")
    rows = (f"{201 + n % 2}.{n * 7 + 1}.{n % 3 + 1},a{n}@example.com\n" for n in range(10))
    browser = world.browser("paul")
    draft = await at_columns(browser, biller, ("Account No.,CustEmailAddr\n" + "".join(rows)).encode())
    columns = (await browser.get(f"{draft}/columns")).text
    assert re.search(r"<option selected[^>]*>CustEmailAddr", columns)
    await go(browser, f"{draft}/columns", **{"field-email": "CustEmailAddr"})
    page = (await browser.get(f"{draft}/account-number")).text
    assert "100% of the first rows match" in page
    assert page.count("part 2 between .") == 1
    await browser.post(f"{draft}/account-number", action="suggested:0")
    assert "10 found, 0 not found" in (await browser.get(f"{draft}/account-number")).text
    await browser.post(f"{draft}/account-number", action="down:0")
    page = (await browser.get(f"{draft}/account-number")).text
    assert re.search(r'data-place="1".*?part 1 between', page, re.DOTALL)
    assert "0 found, 10 not found" in page


async def test_nothing_is_checked_without_an_account_number(world: World, biller: Biller) -> None:
    browser = world.browser("paul")
    draft = await at_columns(browser, biller)
    await go(browser, f"{draft}/columns", **{"field-email": "Email"})
    for address in ("arranged", "account-number"):
        answer = await browser.post(f"{draft}/{address}")
        assert (answer.status_code, "<title>Error: Build the account number" in answer.text) == (422, True)
        assert f'action="{draft}/account-number"' in answer.text, "the page is the same at another address"


async def test_a_format_is_added_with_its_values_and_one_that_cannot_be_is_told(world: World, biller: Biller) -> None:
    browser = world.browser("paul")
    draft = await at_columns(browser, biller)
    await go(browser, f"{draft}/columns", **{"field-email": "Email"})
    number = f"{draft}/account-number"
    await browser.post(number, action="add-column", column="Acct")
    await browser.post(number, action="change:0", **{"do-0": "replace", "with-0": "1", "new-0": "/"})
    await browser.post(number, action="change:0", **{"do-0": "pad_left", "with-0": "7"})
    await browser.post(number, action="change:0", **{"do-0": "take_part", "with-0": "2", "separator-0": "-"})
    page = (await browser.get(number)).text
    assert "part 2 between -" in page
    assert "Unusable" in page, "no cell has a second part"
    assert "1 \N{RIGHTWARDS ARROW} /" in page
    assert "pad to 7 digits" in page
    answer = await browser.post(number, action="change:0", **{"do-0": "pad_left", "with-0": "many"})
    assert answer.status_code == 422
    assert "This format can&#39;t be added" in answer.text
    card = {"do-0": "replace", "with-0": "4111111111111111", "new-0": ""}
    assert "The text contains a card number" in (await browser.post(number, action="change:0", **card)).text
    assert "4111" not in (await browser.get(number)).text


async def test_a_draft_is_found_again_and_belongs_to_its_person(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    draft = await draft_of(browser, biller)
    await go(browser, f"{draft}/kind", kind="registration")
    start = (await browser.get("/")).text
    assert f"{draft}/file" in start
    assert (await world.browser("paul").get(f"{draft}/kind")).status_code == 404
    content = await world.admin.fetchval("SELECT content FROM mapping.draft WHERE id = $1::uuid", draft.split("/")[-1])
    assert Content.model_validate_json(content).kind == "registration"


async def test_a_person_with_paperless_only_is_told_why(world: World, biller: Biller) -> None:
    browser = world.browser("paul")
    draft = await draft_of(browser, biller)
    page = (await browser.get(f"{draft}/kind")).text
    assert "You can run Paperless imports for this biller" in page
    assert (await browser.post(f"{draft}/kind", kind="autopay")).status_code == 422


async def test_a_form_without_the_secret_changes_nothing(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    before = await world.admin.fetchval("SELECT count(*) FROM mapping.draft")
    for data, headers in (
        ({"biller": str(biller.id)}, {}),
        ({"biller": str(biller.id), "csrf": "x"}, {}),
        ({"biller": str(biller.id), "csrf": browser.session.csrf}, {"sec-fetch-site": "cross-site"}),
    ):
        answer = await browser.client.post("/import/new", data=data, headers=headers)
        assert answer.status_code == 403
    assert await world.admin.fetchval("SELECT count(*) FROM mapping.draft") == before


async def test_the_api_takes_a_session_only_with_the_secret(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    assert (await browser.get("/api/v1/billers")).status_code == 200
    assert (await browser.client.get("/api/v1/billers", headers={"sec-fetch-site": "cross-site"})).status_code == 401
    answer = await browser.client.post(f"/api/v1/billers/{biller.id}/files?name=a.csv", content=CONTENT)
    assert answer.status_code == 401


async def test_strangers_are_asked_to_sign_in_and_come_back(world: World) -> None:
    answer = await world.stranger().get("/import/new?q=water")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/import/new%3Fq%3Dwater"


async def test_pages_run_nothing_but_their_own_scripts(world: World) -> None:
    page = await world.browser("ivy").get("/")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(
        r"<script(?![^>]*src=)|\sstyle=|\son[a-z]+=|https?://(?!www\.w3\.org|crm\.example\.com)", page.text
    )


async def test_what_is_not_there_is_a_page_and_in_the_api_a_problem(world: World) -> None:
    browser = world.browser("ivy")
    missing: httpx.Response = await browser.get("/nothing")
    assert missing.status_code == 404
    assert "Page not found" in missing.text
    answer = await browser.get("/api/v1/nothing")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_file_that_cannot_be_used_stops_at_its_step(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    file_id = await upload(browser, biller, b"Acct,Email\n")
    draft = await draft_of(browser, biller)
    await go(browser, f"{draft}/kind", kind="paperless")
    answer = await browser.post(f"{draft}/file", action="next", file=file_id)
    assert answer.status_code == 422
    assert "F002" in answer.text


async def test_a_page_does_not_wait_until_the_customers_without_a_bill_are_counted(
    world: World, biller: Biller
) -> None:
    browser = world.browser("paul")
    draft = await draft_of(browser, biller)
    await go(browser, f"{draft}/kind", kind="paperless")
    async with world.admin.transaction():
        await world.admin.execute("LOCK TABLE crm.invoice IN ACCESS EXCLUSIVE MODE")
        page = (await browser.get(f"{draft}/settings")).text
        assert "Counting customers" in page
        assert "data-later" in page
    page = (await browser.get(f"{draft}/settings?counted=1")).text
    assert "10 of 10 customers" in page
    assert "data-later" not in page


async def test_addresses_and_forms_of_the_two_pages_that_settings_were_lead_to_them(
    world: World, biller: Biller
) -> None:
    browser = world.browser("paul")
    draft = await at_columns(browser, biller)
    await go(browser, f"{draft}/columns", **{"field-email": "Email"})
    for page in ("invoice-types", "choices"):
        assert (await browser.get(f"{draft}/{page}")).headers["location"] == f"{draft}/settings"
    assert (await browser.post(f"{draft}/invoice-types")).status_code == 422
    assert (await go(browser, f"{draft}/invoice-types", type=["SEWER"])).endswith("/settings")
    assert (await go(browser, f"{draft}/choices", attestation="They agreed.", agreed="yes")).endswith("/account-number")
    page = (await browser.get(f"{draft}/settings")).text
    assert re.search(r'value="SEWER" checked', page)
    assert not re.search(r'value="WATER" checked', page)


async def test_settings_keep_what_was_given_when_something_is_missing(world: World, biller: Biller) -> None:
    browser = world.browser("paul")
    draft = await at_columns(browser, biller)
    answer = await browser.post(
        f"{draft}/settings", types_shown="1", attestation="They did.", agreed="yes", notify="yes"
    )
    assert answer.status_code == 422
    assert "No invoice type is selected" in answer.text
    assert "They did." in answer.text
    assert answer.text.count(" checked") == 2
    answer = await browser.post(f"{draft}/settings", types_shown="1", type=["WATER"], attestation="They did.")
    assert "The statement is not confirmed" in answer.text
    assert re.search(r'value="WATER" checked', answer.text)


_ANSWERS = [("OK", "Y")] * 9 + [("Revoked", "Y"), ("OK", "Paper only"), ("OK", "N")]
STANDING = b"Acct,Email,Standing,Paperless\n" + b"".join(
    f"{n},a{n}@example.com,{standing},{answer}\n".encode() for n, (standing, answer) in enumerate(_ANSWERS)
)


@pytest.mark.parametrize(
    ("content", "said"),
    [(STANDING, ["Standing says “Revoked” on some rows", "Paperless says “Paper only” on some rows"]), (CONTENT, [])],
)
async def test_no_statement_is_proposed_that_the_file_contradicts(
    world: World, biller: Biller, content: bytes, said: list[str]
) -> None:
    """A plain No in the mapped column is none: the check skips the row."""
    browser = world.browser("ivy")
    draft = await at_columns(browser, biller, content)
    flags = {"field-paperless_flag": "Paperless"} if said else {}
    await go(browser, f"{draft}/columns", **{"field-email": "Email", **flags})
    page = (await browser.get(f"{draft}/settings")).text
    assert ("states that these customers agreed" not in page) == bool(said)
    assert ('id="doubts"' in page) == bool(said)
    for words in said:
        assert f"<li>{words}.</li>" in page


async def test_a_registration_has_no_settings(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    draft = await draft_of(browser, biller)
    await go(browser, f"{draft}/kind", kind="registration")
    assert (await browser.get(f"{draft}/settings")).headers["location"] == f"{draft}/account-number"
    await go(browser, f"{draft}/file", file=await upload(browser, biller, kind="registration"))
    asked = re.compile(r'name="notify" value="yes" (checked)?')
    for notify, kept in (("yes", "checked"), ("", None)):  # which other kinds are asked among their settings
        await go(browser, f"{draft}/columns", **{"field-email": "Email"}, notify=notify)
        found = asked.search((await browser.get(f"{draft}/columns")).text)
        assert found
        assert found[1] == kept


async def test_a_file_is_deleted_from_the_list_after_a_question(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    draft = await draft_of(browser, biller)
    file_id = await upload(browser, biller, b"PK\x03\x04 a sheet", name="sheet.xlsx")
    await go(browser, f"{draft}/kind", kind="paperless")
    assert (await browser.post(f"{draft}/file", file=file_id)).status_code == 303
    page = (await browser.get(f"{draft}/file")).text
    assert "Rejected" in page
    assert ">New<" not in page
    assert "Header line" not in page, "no header line makes a CSV of a spreadsheet"
    ask = f"{draft}/file/{file_id}/delete"
    assert f'href="{ask}"' in page
    assert "sheet.xlsx" in (await browser.get(ask)).text
    assert (await browser.get(f"{draft}/file")).text.count("sheet.xlsx")  # to ask deletes nothing
    answer = await browser.post(ask)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{draft}/file")
    assert "sheet.xlsx" not in (await browser.get(f"{draft}/file")).text
    assert (await browser.get(ask)).status_code == 303
