import re

from tests.e2e.pages.conftest import Browser, World
from tests.e2e.pages.walking import CONTENT, SETTINGS, at_check, draft_of, go, upload
from tests.support.crm import Biller


async def with_recipe(browser: Browser, biller: Biller, name: str = "Monthly") -> str:
    """A draft whose mapping was saved."""
    draft = await at_check(browser, biller)
    answer = await browser.post(f"{draft}/save-recipe", name=name, back="check")
    assert answer.status_code == 303, answer.text
    page = (await browser.get(answer.headers["location"])).text
    assert f"Saved as version 1 of {name}" in page
    return draft


async def at_file(browser: Browser, biller: Biller, content: bytes) -> tuple[str, str]:
    """A new draft with a file chosen, and the page that shows the file."""
    file_id = await upload(browser, biller, content, name="next.csv")
    draft = await draft_of(browser, biller)
    await go(browser, f"{draft}/kind", kind="paperless")
    await browser.post(f"{draft}/file", file=file_id)
    return draft, (await browser.get(f"{draft}/file")).text


def offered(page: str) -> str:
    found = re.search(r'name="recipe" value="([^"]+)"', page)
    assert found is not None
    return found[1]


async def test_a_saved_mapping_is_offered_for_the_next_file_and_remembered(world: World, biller: Biller) -> None:
    browser = world.browser("paul")
    await with_recipe(browser, biller)
    draft, page = await at_file(browser, biller, CONTENT)
    assert "Monthly" in page
    assert re.search(r"version 1, by Paul[^,]*, just now", page)
    assert "Fits" in page
    answer = await browser.post(f"{draft}/recipe", recipe=offered(page))
    assert answer.headers["location"] == f"{draft}/columns"
    page = (await browser.get(f"{draft}/columns")).text
    assert "Mapped by recipe Monthly (version 1)" in page
    assert "has changed since" not in page
    await go(browser, f"{draft}/columns", **{"field-email": "Email"})
    await go(browser, f"{draft}/settings", **SETTINGS)
    assert (
        "10 found, 2 not found" not in (await browser.get(f"{draft}/account-number")).text
    )  # the plain column finds none
    answer = await browser.post(f"{draft}/check")
    page = (await browser.get(answer.headers["location"])).text
    assert re.search(r"Recipe used: <a [^>]*>Monthly</a>, version 1\.", page)


async def test_drift_is_shown_and_has_to_be_looked_at(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    await with_recipe(browser, biller)
    drifted = CONTENT.replace(b"Acct,Email,Ward", b"Number,Email,Phone")
    draft, page = await at_file(browser, biller, drifted)
    assert "1 column from the recipe is missing" in page
    assert "2 new columns" in page
    await browser.post(f"{draft}/recipe", recipe=offered(page))
    page = (await browser.get(f"{draft}/columns")).text
    assert 'role="alert"' in page
    assert "The file has changed since recipe Monthly was saved" in page
    # Nobody has looked at it: neither a check nor a new version.
    for address in ("check", "save-recipe"):
        answer = await browser.post(f"{draft}/{address}", name="Monthly")
        assert answer.headers["location"] == f"{draft}/columns"
    await go(browser, f"{draft}/columns", **{"field-email": "Email"})
    page = (await browser.get(f"{draft}/account-number")).text
    assert "Nothing added yet" in page  # what the file lacks was not guessed


async def test_another_file_lets_the_recipe_go(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    draft = await with_recipe(browser, biller)
    file_id = await upload(browser, biller, CONTENT.replace(b"Ward", b"Zone"))
    await browser.post(f"{draft}/file", file=file_id)
    page = (await browser.get(f"{draft}/columns")).text
    assert "We matched these from the headers" in page


async def test_the_recipes_of_a_biller_have_pages(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    assert "No recipes yet" in (await browser.get(f"/recipes/{biller.id}")).text
    draft = await with_recipe(browser, biller)
    await browser.post(f"{draft}/account-number", action="add-text", text="-0")
    await browser.post(f"{draft}/save-recipe", name="monthly", back="check")
    page = (await browser.get(f"/recipes/{biller.id}")).text
    address = re.search(rf"/recipes/{biller.id}/[0-9a-f-]+", page)
    assert address is not None
    page = (await browser.get(address[0])).text
    assert "Monthly, version 2" in page
    assert "Version 1</a>" in page
    page = (await browser.get(f"{address[0]}?version=1")).text
    assert "Monthly, version 1" in page
    assert (await world.stranger().get(address[0])).status_code == 303


async def test_a_recipe_of_a_kind_without_right_is_not_there(world: World, biller: Biller) -> None:
    ivy, paul = world.browser("ivy"), world.browser("paul")
    draft = await with_recipe(ivy, biller)
    page = (await ivy.get(f"/recipes/{biller.id}")).text
    address = re.search(rf"/recipes/{biller.id}/[0-9a-f-]+", page)
    assert address is not None
    await world.admin.execute("UPDATE mapping.recipe SET kind = 'autopay' WHERE biller_id = $1", biller.id)
    assert (await paul.get(address[0])).status_code == 404
    assert "Monthly" not in (await paul.get(f"/recipes/{biller.id}")).text
    recipe_id = address[0].rsplit("/", 1)[1]
    answer = await ivy.post(f"{draft}/recipe", recipe=f"{recipe_id}:1")
    assert answer.status_code == 409


async def test_a_recipe_needs_a_name(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    draft = await at_check(browser, biller)
    answer = await browser.post(f"{draft}/save-recipe", name=" ", back="check")
    assert answer.status_code == 422
    assert "The recipe has no name" in answer.text
