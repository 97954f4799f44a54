import json
import re

from tests.e2e.pages.conftest import World
from tests.e2e.pages.walking import SETTINGS, at_columns, go
from tests.support.crm import Biller

PRINTED = b"Acct,Email,PaperInvoices\n" + b"".join(f"WTR-{n:04d},a{n}@example.com,N\n".encode() for n in range(9))


async def test_a_column_about_paper_is_suggested_with_its_sense_turned_round(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    draft = await at_columns(browser, biller, PRINTED)
    page = (await browser.get(f"{draft}/columns")).text
    assert re.search(r'name="field-paperless_flag".*?<option selected>PaperInvoices', page, re.DOTALL)
    assert re.search(r'name="reversed" value="yes" checked', page)
    assert "<strong>Switched:</strong>" in page
    columns = {"field-email": "Email", "field-paperless_flag": "PaperInvoices", "reversed-of": "PaperInvoices"}
    await go(browser, f"{draft}/columns", **columns, reversed="yes")
    await go(browser, f"{draft}/settings", **SETTINGS)
    await browser.post(f"{draft}/account-number", action="add-column", column="Acct")
    await go(browser, f"{draft}/account-number")
    answer = await browser.post(f"{draft}/check")
    import_id = answer.headers["location"].rsplit("/", 1)[1]
    definition = await world.admin.fetchval("SELECT definition FROM mapping.import WHERE id = $1::uuid", import_id)
    assert json.loads(definition)["options"]["paperless_flag_reversed"] is True


async def test_a_person_may_turn_the_sense_back(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    draft = await at_columns(browser, biller, PRINTED)
    columns = {"field-email": "Email", "field-paperless_flag": "PaperInvoices", "reversed-of": "PaperInvoices"}
    await go(browser, f"{draft}/columns", **columns)
    page = (await browser.get(f"{draft}/columns")).text
    assert not re.search(r'name="reversed" value="yes" checked', page)


async def test_without_a_script_the_sense_of_another_column_is_asked_for(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    draft = await at_columns(browser, biller, PRINTED)
    columns = {"field-email": "Email", "field-paperless_flag": "PaperInvoices", "reversed-of": ""}
    answer = await browser.post(f"{draft}/columns", action="next", **columns)
    assert answer.status_code == 422
    assert "Confirm what “Yes” means in PaperInvoices" in answer.text
    assert re.search(r'name="reversed" value="yes" checked', answer.text)


async def test_a_column_that_is_not_used_is_used_as_a_field_without_a_script(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    draft = await at_columns(browser, biller)
    page = (await browser.get(f"{draft}/columns")).text
    assert re.search(r'<tr data-column="Ward" >.*?<span>3</span>.*?Use Ward as', page, re.DOTALL)
    assert re.search(r'<tr data-column="Email" hidden>', page)
    assert re.search(r'id="f-email"[^>]* aria-describedby="h-email"', page)
    twice = await browser.post(f"{draft}/columns", **{"field-email": "Email", "column": ["Ward"], "use": ["email"]})
    assert twice.status_code == 422
    assert "Two columns are chosen for Email: “Email” and “Ward”" in twice.text
    assert re.search(r'Use Ward as">.*?<option value="email" selected>', twice.text, re.DOTALL)
    assert re.search(r'name="field-email".*?<option selected>Email', twice.text, re.DOTALL)
    both = {"field-email": "", "column": ["Acct", "Ward"], "use": ["email", "email"]}
    assert "“Acct” and “Ward”" in (await browser.post(f"{draft}/columns", **both)).text
    used = {"field-email": "Email", "column": ["Acct", "Ward"], "use": ["", "legacy_id"]}
    await go(browser, f"{draft}/columns", **used)
    page = (await browser.get(f"{draft}/columns")).text
    assert re.search(r'name="field-legacy_id".*?<option selected>Ward', page, re.DOTALL)


async def test_the_file_is_shown_with_its_columns_and_how_it_was_read(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    draft = await at_columns(browser, biller)
    page = (await browser.get(f"{draft}/file")).text
    assert "Read as UTF-8, separated by commas, header on line 1." in page
    assert '<td class="cells" data-label="Email">a0@example.com</td>' in page
    assert re.search(r'<th scope="row">Ward</th><td[^>]*>100%</td><td[^>]*>1</td><td[^>]*><span>3</span>\(12\)', page)
