"""Two tabs with one draft: what one of them saved is not overwritten by a form that does not know of it."""

import re
from uuid import UUID

import httpx
import pytest

from services.mapping.draft import FIELDS_OF_PAGES, Content, changed_pages, version_of
from tests.e2e.pages.conftest import Browser, World
from tests.e2e.pages.walking import SETTINGS, at_check, at_columns, checked, go
from tests.support.crm import Biller

ELSEWHERE = "in another tab or window at"


async def version(browser: Browser, address: str) -> str:
    """What the form of a page carries."""
    page = await browser.get(address)
    [*found] = re.findall(r'name="draft_version" value="([^"]+)"', page.text)
    assert found, page.text
    assert len(set(found)) == 1
    return str(found[0])


def is_refused(answer: httpx.Response, *pages: str) -> bool:
    assert answer.status_code == 422, answer.text
    alert = re.search(r'role="alert".*?</section>', answer.text, re.DOTALL)
    assert alert is not None
    assert f"You changed {', '.join(f'“{page}”' for page in pages)} {ELSEWHERE}" in alert[0]
    assert "Nothing on this page was saved" in alert[0]
    assert "View what is saved now" in answer.text
    return True


async def saved(world: World, draft: str, name: str) -> object:
    return await world.admin.fetchval(
        "SELECT content -> $2 FROM mapping.draft WHERE id = $1::uuid", draft.rsplit("/", 1)[1], name
    )


async def test_columns_of_an_older_tab_are_not_saved_over_those_of_a_newer(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    draft = await at_columns(browser, biller)
    old = await version(browser, f"{draft}/columns")
    await go(browser, f"{draft}/columns", **{"field-email": "Email", "field-legacy_id": "Ward"}, draft_version=old)
    before = await saved(world, draft, "columns")
    answer = await browser.post(f"{draft}/columns", **{"field-email": "Ward"}, draft_version=old)
    assert is_refused(answer, "Map columns")
    assert re.search(r'name="field-email".*?<option selected>Ward', answer.text, re.DOTALL)
    assert await saved(world, draft, "columns") == before
    [again] = set(re.findall(r'name="draft_version" value="([^"]+)"', answer.text))
    await go(browser, f"{draft}/columns", **{"field-email": "Ward"}, draft_version=again)
    assert await saved(world, draft, "columns") == '{"email": "Ward"}'


async def test_settings_typed_in_an_older_tab_stay_on_the_page(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    draft = await at_columns(browser, biller)
    await go(browser, f"{draft}/columns", **{"field-email": "Email"})
    old = await version(browser, f"{draft}/settings")
    await go(browser, f"{draft}/settings", **SETTINGS, draft_version=old)
    mine = SETTINGS | {"attestation": "They agreed on the phone.", "type": ["SEWER"]}
    answer = await browser.post(f"{draft}/settings", **mine, draft_version=old)
    assert is_refused(answer, "Paperless settings")
    assert "They agreed on the phone." in answer.text
    assert await saved(world, draft, "attestation") == '"They agreed."'


async def test_what_is_saved_already_may_be_sent_again(world: World, biller: Biller) -> None:
    """Whose first answer was lost is not told of another tab."""
    browser = world.browser("ivy")
    draft = await at_columns(browser, biller)
    old = await version(browser, f"{draft}/columns")
    for _ in range(2):
        await go(browser, f"{draft}/columns", **{"field-email": "Email"}, draft_version=old)


async def test_a_part_is_removed_from_the_parts_that_the_page_showed(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    draft = await at_check(browser, biller)
    old = await version(browser, f"{draft}/account-number")
    await browser.post(f"{draft}/account-number", action="add-text", text="WTR-", draft_version=old)
    before = await saved(world, draft, "parts")
    stale = await browser.post(f"{draft}/account-number", action="add-text", text="ACME-", draft_version=old)
    assert is_refused(stale, "Build the account number")
    assert 'value="ACME-"' in stale.text
    moved = await browser.post(f"{draft}/account-number", action="down:0", draft_version=old)
    assert is_refused(moved, "Build the account number")
    assert await saved(world, draft, "parts") == before


async def test_no_check_starts_of_what_the_page_did_not_show(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    draft = await at_check(browser, biller)
    old = await version(browser, f"{draft}/check")
    await go(browser, f"{draft}/columns", **{"field-email": "Email", "field-legacy_id": "Ward"})
    for address in (f"{draft}/check", f"{draft}/arranged", f"{draft}/save-recipe"):
        assert is_refused(await browser.post(address, draft_version=old, name="May"), "Map columns")
    assert await world.admin.fetchval("SELECT count(*) FROM mapping.import WHERE biller_id = $1", biller.id) == 0


async def test_lines_to_skip_stay_typed_where_the_draft_has_changed(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    draft = await at_check(browser, biller)
    started = await browser.post(f"{draft}/check")
    import_id = UUID(started.headers["location"].rsplit("/", 1)[1])
    await checked(world, import_id, R131=3)
    old = await version(browser, f"/checks/{import_id}")
    await go(browser, f"{draft}/columns", **{"field-email": "Email", "field-legacy_id": "Ward"})
    answer = await browser.post(f"{draft}/leave-out", line="2-3", draft_version=old)
    assert answer.status_code == 422
    assert ELSEWHERE in answer.text
    assert await saved(world, draft, "exclude_lines") == "[]"


async def test_a_kind_and_a_file_of_an_older_tab_are_refused(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    draft = await at_columns(browser, biller)
    old = await version(browser, f"{draft}/kind")
    await go(browser, f"{draft}/kind", kind="registration", draft_version=old)
    assert is_refused(
        await browser.post(f"{draft}/kind", kind="autopay", draft_version=old), "Choose the kind of import"
    )
    assert await saved(world, draft, "kind") == '"registration"'


def test_every_choice_of_a_draft_belongs_to_a_page_that_compares_it() -> None:
    """But the recipe: saving one changes no choice, using one changes the others."""
    compared = [name for names in FIELDS_OF_PAGES.values() for name in names]
    assert sorted([*compared, "recipe"]) == sorted(Content.model_fields)


@pytest.mark.parametrize(("page", "found"), [("columns", ["columns"]), ("file", []), ("check", ["columns"])])
def test_a_page_is_compared_with_itself_and_what_it_builds_on(page: str, found: list[str]) -> None:
    changed = version_of(1, Content(columns={}))
    assert changed_pages(version_of(1, Content()), changed, page) == found
    assert changed_pages("", changed, page) == []
