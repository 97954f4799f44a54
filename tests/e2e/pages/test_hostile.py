"""No form and no address of a page, however it is formed, is answered with a 500."""

import pytest

from tests.e2e.pages.conftest import World
from tests.e2e.pages.walking import at_check
from tests.support.crm import Biller

NUL = "\0"
LONG_NUMBER = "9" * 5000
ADDRESSES = [
    "/import/new?q=%00",
    "/import/new?q=" + "a" * 10_000,
    "/recipes/99999999999999999999999",
    "/recipes/%00",
    f"/recipes/1/00000000-0000-0000-0000-000000000000?version={LONG_NUMBER}",
    "/checks/%00",
    "/import/%00/kind",
    "/%00",
    "/sign-in?next=%00",
]
FORMS = [
    ("kind", {"kind": NUL}),
    ("biller", {"biller": LONG_NUMBER}),
    ("biller", {"biller": "9223372036854775808"}),
    ("file", {"action": "read", "header_line": LONG_NUMBER, "encoding": NUL}),
    ("file", {"action": "read", "header_line": LONG_NUMBER}),
    ("columns", {"field-email": NUL}),
    ("settings", {"attestation": f"They agreed.{NUL}", "agreed": "yes"}),
    ("settings", {"attestation": "They agreed.", "agreed": "yes", "effective_date": "0000-00-00"}),
    ("account-number", {"action": "add-text", "text": NUL}),
    ("account-number", {"action": "add-text", "text": "a" * 60_000}),
    ("account-number", {"action": f"suggested:{LONG_NUMBER}"}),
    ("account-number", {"action": f"change:{LONG_NUMBER}.1"}),
    ("account-number", {"action": "change:0", "do-0": "pad_left", "with-0": LONG_NUMBER}),
    ("order", {"action": f"left:{LONG_NUMBER}"}),
    ("leave-out", {"line": LONG_NUMBER}),
    ("leave-out", {"line": f"1{NUL}"}),
    ("recipe", {"name": NUL}),
]


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address[:40])
async def test_a_hostile_address_is_refused(world: World, address: str) -> None:
    answer = await world.browser("ivy").get(address)
    assert answer.status_code < 500, answer.text


@pytest.mark.parametrize("address", ["/import/new/", "/status/completed/", "/api/v1/billers/", "/docs/", "/sign-in/"])
async def test_no_answer_leads_to_a_host_that_the_request_names(world: World, address: str) -> None:
    answer = await world.browser("ivy").client.get(address, headers={"host": "evil.example.com"})
    assert "evil" not in answer.headers.get("location", "")
    assert "evil" not in answer.text


async def test_hostile_forms_are_refused(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    for step, values in FORMS:
        draft = await at_check(browser, biller)
        answer = await browser.post(f"{draft}/{step}", **values)
        assert answer.status_code < 500, (step, values, answer.text)
        assert (await browser.get(f"{draft}/check")).status_code < 500


@pytest.mark.parametrize(
    ("codec", "field", "value"),
    [
        ("utf-7", b"csrf", b"+2AA-"),  # half of a character
        ("utf-7", b"+2AA-", b"a"),
        ("utf-7", b"person", b"+AAA-"),
        ("idna", b"csrf", b"xn--" + b"a" * 100),
        ("punycode", b"csrf", b"\xff-\xff"),
        ("rot13", b"csrf", b"a"),
        ("undefined", b"csrf", b"a"),
    ],
)
async def test_a_form_in_any_codec_is_refused(world: World, codec: str, field: bytes, value: bytes) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n--x--\r\n' % (field, value)
    headers = {"content-type": f"multipart/form-data; boundary=x; charset={codec}"}
    for client in (world.browser("ivy").client, world.stranger()):
        answer = await client.post("/sign-out", content=body, headers=headers)
        assert answer.status_code in (403, 422), answer.text


@pytest.mark.parametrize("number", ["abc", "", NUL, "-1", "1e9", "٣", LONG_NUMBER, str(2**40), str(2**70)])
async def test_a_hostile_number_of_a_check_is_refused(world: World, biller: Biller, number: str) -> None:
    browser = world.browser("ivy")
    draft = await at_check(browser, biller)
    check = (await browser.post(f"{draft}/check")).headers["location"]
    for step in ("", "/review", "/approve"):
        answer = await browser.send(check + step, {}, check_no=number, typed_count=number, emails=number)
        assert answer.status_code < 500, (step, answer.text)
