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
    await go(browser, f"{draft}/order")
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
