"""Words that nobody knows are explained where they are found, once, and kept with the draft and its recipe."""

import json
import re
from typing import Any
from uuid import UUID

import pytest

from tests.e2e.pages.conftest import Browser, World
from tests.e2e.pages.walking import at_columns, checked, under_check
from tests.support.crm import Biller

_CONTENT = b"Acct,Email,How\nWTR-0001,a@example.com,Portal\nWTR-0002,b@example.com,Letter\n"
_FIELD = "paperless_flag"
_CARD = "4916338506082832"


async def _asked(world: World, import_id: UUID, words: dict[str, int]) -> None:
    await checked(world, import_id, undecided=("C242",), C242=sum(words.values()))
    await world.admin.execute(
        "UPDATE validation.finding SET detail = $2 WHERE import_id = $1 AND code = 'C242'",
        *(import_id, json.dumps({"words": {_FIELD: words}})),
    )


async def _definition(world: World, import_id: UUID) -> dict[str, Any]:
    statement = "SELECT definition FROM mapping.import WHERE id = $1"
    definition: dict[str, Any] = json.loads(await world.admin.fetchval(statement, import_id))
    return definition


async def _form(browser: Browser, import_id: UUID) -> tuple[str, str]:
    """The page, and where its words are sent."""
    page = (await browser.get(f"/checks/{import_id}")).text
    address = re.search(r'formaction="(/import/[^"]+/words)"', page)
    assert address is not None
    return page, address[1]


async def test_words_are_explained_and_the_file_is_checked_again(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    first = await under_check(browser, biller, _CONTENT, **{f"field-{_FIELD}": "How"})
    await _asked(world, first, {"Portal": 12, "Letter": 3, "": 2})
    page, address = await _form(browser, first)
    assert "\u201cPortal\u201d (12), \u201cLetter\u201d (3), other cells (2)" in page
    answer = await browser.post(
        address, field=[_FIELD, _FIELD], word=["Portal", "Letter"], meaning=["paperless", "paper"]
    )
    second = UUID(answer.headers["location"].rsplit("/", 1)[1])
    assert second != first
    assert (await _definition(world, second))["values"] == {_FIELD: {"Portal": "paperless", "Letter": "paper"}}

    await checked(world, second, undecided=("C202",), C202=1)
    page, address = await _form(browser, second)
    assert re.search(r'value="paper" selected', page)
    review = (await browser.get(f"/checks/{second}/review")).text
    assert "Portal: Paperless" in review
    answer = await browser.post(address, field=[_FIELD], word=["Letter"], meaning=[""])
    third = UUID(answer.headers["location"].rsplit("/", 1)[1])
    assert (await _definition(world, third))["values"] == {_FIELD: {"Portal": "paperless"}}


async def test_words_are_explained_below_their_column_before_the_check(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    draft = await at_columns(browser, biller, _CONTENT)
    looked = await browser.post(
        f"{draft}/columns", **{"action": "look", "field-email": "Email", f"field-{_FIELD}": "How"}
    )
    assert looked.status_code == 200
    assert re.search("<strong>Values of How</strong> <[^>]*>1 not recognized", looked.text)
    assert re.search(r'"word">Portal<.*?1 row<.*?aria-label="Meaning of Portal"', looked.text)
    assert re.search(r'"word">Letter<.*?1 row<.*?</span>Paper</span>', looked.text)
    content = "SELECT content FROM mapping.draft WHERE id = $1::uuid"
    assert not json.loads(await world.admin.fetchval(content, draft.rsplit("/", 1)[1]))["columns"], "it only looks"

    said = {"field": [_FIELD], "word": ["Portal"], "meaning": ["paperless"]}
    chosen = {f"field-{_FIELD}": "How", f"words-of-{_FIELD}": "How", **said}
    first = await under_check(browser, biller, _CONTENT, **chosen)
    assert (await _definition(world, first))["values"] == {_FIELD: {"Portal": "paperless"}}
    await checked(world, first)
    page, address = await _form(browser, first)
    assert re.search(r'aria-label="Meaning of Portal".*?value="paperless" selected', page)
    columns = address.replace("/words", "/columns")
    assert 'value="paperless" selected' in (await browser.get(columns)).text
    other = {"field-email": "Email", f"field-{_FIELD}": "Acct", f"words-of-{_FIELD}": "How", **said}
    await browser.post(columns, action="next", **other)
    kept = json.loads(await world.admin.fetchval(content, columns.split("/")[2]))
    assert kept["values"] == {}, "what was said of another column is not said of this one"


async def test_meanings_count_whichever_button_is_pressed(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    first = await under_check(browser, biller, _CONTENT, **{f"field-{_FIELD}": "How"})
    await _asked(world, first, {"Portal": 12, "Letter": 3})
    answer = await browser.post(
        f"/checks/{first}", C242="skip", field=[_FIELD, _FIELD], word=["Portal", "Letter"], meaning=["paperless", ""]
    )
    second = UUID(answer.headers["location"].rsplit("/", 1)[1])
    assert second != first
    assert (await _definition(world, second))["values"] == {_FIELD: {"Portal": "paperless"}}


@pytest.mark.parametrize(
    ("word", "meaning", "code"),
    [("4111 1111 1111 1111", "paper", "F008"), ("x" * 61, "paper", "too_many_words"), ("", "paper", "too_many_words")],
)
async def test_what_is_no_word_is_refused(world: World, biller: Biller, word: str, meaning: str, code: str) -> None:
    browser = world.browser("ivy")
    import_id = await under_check(browser, biller, _CONTENT, **{f"field-{_FIELD}": "How"})
    await _asked(world, import_id, {"Portal": 12})
    _, address = await _form(browser, import_id)
    answer = await browser.post(address, field=[_FIELD], word=[word], meaning=[meaning])
    assert answer.status_code in {200, 422}
    assert "4111" not in str((await _definition(world, import_id)).get("values"))
    # Not by four digits alone: IDs and checksums of other drafts hold these too.
    kept = "SELECT count(*) FROM mapping.draft WHERE content::text ~ '4111[^0-9]?1111'"
    assert await world.admin.fetchval(kept) == 0
    assert code in {"F008", "too_many_words"}
    assert "card number" in answer.text if code == "F008" else "longer than 60" in answer.text


@pytest.mark.parametrize(
    "written",
    [
        {"action": "add-text", "text": _CARD},
        {"action": "change:0", "do-0": "replace", "with-0": "a", "new-0": _CARD},
        {"action": "change:0", "do-0": "replace", "with-0": _CARD, "new-0": "a"},
        {"action": "change:0", "do-0": "remove", "with-0": _CARD},
        {"action": "change:0", "do-0": "take_part", "with-0": "1", "separator-0": _CARD},
    ],
    ids=lambda written: "-".join(written.values())[:24],
)
async def test_a_draft_keeps_no_card_number(world: World, biller: Biller, written: dict[str, str]) -> None:
    browser = world.browser("ivy")
    import_id = await under_check(browser, biller, _CONTENT, **{f"field-{_FIELD}": "How"})
    statement = "SELECT id FROM mapping.draft WHERE import_id = $1"
    draft = await world.admin.fetchval(statement, import_id)
    answer = await browser.post(f"/import/{draft}/account-number", **written)
    assert (answer.status_code, "card number" in answer.text) == (422, True)
    kept = await world.admin.fetchval("SELECT content::text FROM mapping.draft WHERE id = $1", draft)
    assert _CARD not in kept


async def test_a_name_is_explained_by_those_who_see_its_row(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    content = b"Acct,Email,How\nWTR-0001,a@example.com,Green Plan\nWTR-0002,b@example.com,Letter\n"
    import_id = await under_check(browser, biller, content, **{f"field-{_FIELD}": "How"})
    await _asked(world, import_id, {"Letter": 1, "": 1})
    page, _ = await _form(browser, import_id)
    assert 'value="Green Plan"' in page
    findings = (await browser.get(f"/checks/{import_id}/findings.csv")).text
    assert "Letter" not in findings
    assert "2 rows" in findings


async def test_meanings_of_other_fields_and_of_none_change_nothing(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    import_id = await under_check(browser, biller, _CONTENT, **{f"field-{_FIELD}": "How"})
    await _asked(world, import_id, {"Portal": 12})
    _, address = await _form(browser, import_id)
    given = {"field": ["email", "nobody", _FIELD], "word": ["a", "b", "c"], "meaning": ["paper", "paper", "king"]}
    answer = await browser.post(address, **given)
    assert (answer.status_code, "No meaning is chosen" in answer.text) == (422, True)
    checks = await world.admin.fetchval("SELECT count(*) FROM mapping.import WHERE biller_id = $1", biller.id)
    assert checks == 1, "there is nothing to check again for"
