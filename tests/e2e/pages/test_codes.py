"""Every code leads to what it means."""

import re

from shared.contracts.codes import CODES
from tests.e2e.pages.conftest import World
from tests.e2e.pages.walking import checked, under_check
from tests.support.crm import Biller


async def test_the_page_has_every_code_with_its_choices(world: World) -> None:
    page = (await world.browser("ivy").get("/codes")).text
    for code in CODES.values():
        [found] = re.findall(rf'<div class="finding" id="{code.number}".*?</div>', page, re.DOTALL)
        assert found.count("<li>") == len(code.choices)


async def test_what_the_check_found_leads_there(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await under_check(browser, biller)
    await checked(world, import_id, undecided=("C223",), C223=4, R142=1, W322=2)
    page = (await browser.get(f"/checks/{import_id}")).text
    for number in ("C223", "R142", "W322"):
        assert re.search(rf'<a class="code" href="[^"]*/codes#{number}">{number}</a>', page)
