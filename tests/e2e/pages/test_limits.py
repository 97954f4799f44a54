"""A text beyond its limit is refused with both numbers. It is never cut: what was typed stays on the page."""

from tests.e2e.pages.conftest import World, hidden
from tests.e2e.pages.walking import SETTINGS, at_check, checked, under_check
from tests.support.crm import Biller


async def test_a_statement_of_any_length_is_kept_whole_or_refused(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    draft = await at_check(browser, biller)
    longest = "They agreed.\n" + "x" * 1_987  # browsers send two characters for the end of a line
    answer = await browser.post(f"{draft}/settings", **SETTINGS | {"attestation": longest.replace("\n", "\r\n")})
    assert answer.status_code == 303
    content = await world.admin.fetchval("SELECT content ->> 'attestation' FROM mapping.draft ORDER BY updated_at DESC")
    assert content == longest
    refused = await browser.post(f"{draft}/settings", **SETTINGS | {"attestation": longest + "yz"})
    assert refused.status_code == 422
    assert "The statement has 2,002 characters; at most 2,000 fit" in refused.text
    assert '<a href="#attestation">' in refused.text
    assert "xyz</textarea>" in refused.text


async def test_texts_of_the_account_number_are_not_cut(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    draft = await at_check(browser, biller)
    refused = await browser.post(f"{draft}/account-number", action="add-text", text="T" * 51)
    assert refused.status_code == 422
    assert "The text has 51 characters; at most 50 fit" in refused.text
    for _ in range(11):
        assert (await browser.post(f"{draft}/account-number", action="add-text", text="-")).status_code == 303
    refused = await browser.post(f"{draft}/account-number", action="add-text", text="-")
    assert refused.status_code == 422
    assert "An account number has at most 12 parts" in refused.text


async def test_the_name_of_a_recipe_and_addresses_are_not_cut(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await under_check(browser, biller)
    await checked(world, import_id)
    draft = await world.admin.fetchval("SELECT id FROM mapping.draft WHERE import_id = $1", import_id)
    refused = await browser.post(f"/import/{draft}/save-recipe", name="n" * 101)
    assert refused.status_code == 422
    assert "The name has 101 characters; at most 100 fit" in refused.text
    long = "a@" + "b" * 60 + "." + ".".join(["c" * 60] * 5) + ".example"
    shown = hidden(await browser.get(f"/checks/{import_id}/review"))
    refused = await browser.send(f"/checks/{import_id}/review", shown, emails=long)
    assert refused.status_code == 422
    assert f"The email address has {len(long)} characters; at most 320 fit" in refused.text
    assert long in refused.text


async def test_a_search_that_is_too_long_is_answered_in_plain_words(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await under_check(browser, biller)
    await checked(world, import_id)
    answer = await browser.get("/import/new?q=" + "a" * 5_000)
    assert answer.status_code == 400
    assert "What you searched for has 5,000 characters; at most 200 fit" in answer.text
    plan = f"/checks/{import_id}/plan"
    answer = await browser.get(f"{plan}?code={'R' * 5_000}")
    assert answer.status_code == 400
    assert "The address asks for something that can&#39;t be read: code" in answer.text
    assert (await browser.get(f"{plan}?outcome={'a' * 5_000}&after={'b' * 5_000}")).status_code == 200
