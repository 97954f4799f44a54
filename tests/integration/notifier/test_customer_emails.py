"""The texts of emails to customers: shown, changed, tried with a real row. notice-5, notice-6 and notice-8."""

import json
from dataclasses import dataclass
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from shared.audit import Act
from stack.issuer import Issuer
from tests.integration.notifier.browsing import begun, client_of, ended, named, page
from tests.integration.notifier.conftest import signed_in
from tests.integration.notifier.world import NOON, Imported, World
from tests.support.audited import Told, answered

OWN = {
    "subject": "News from {{ biller_name }}",
    "body": "Hello {{ customer_name }}, {{ account_numbers }}, {{ email }}",
}


pytestmark = pytest.mark.usefixtures("pages")  # before the first request


@pytest.fixture(autouse=True)
async def may_edit(world: World, biller: int) -> None:
    await world.admin.execute(
        "UPDATE crm.operator_right SET may_edit_emails = true WHERE subject = 'iris' AND biller_id = $1", biller
    )


@dataclass(frozen=True)
class Customer:
    """Somebody whose login an import changed."""

    imported: Imported
    login_id: int


async def changed(world: World, biller: int, name: str = "Ann Lee") -> Customer:
    """A paperless import of one row has ended: the login has another email, the account is enrolled."""
    imported = await begun(world, biller)
    email = f"{uuid4()}@example.com"
    login = await world.admin.fetchval(
        """INSERT INTO crm.login (realm_id, email, status) SELECT login_realm_id, $2, 'active'
           FROM crm.biller WHERE id = $1 RETURNING id""",
        *(biller, f"new-{email}"),
    )
    account = await world.admin.fetchval(
        "INSERT INTO crm.customer (biller_id, account_number, name) VALUES ($1, $2, $3) RETURNING id",
        *(biller, f"A-{login}", name),
    )
    kind = await world.admin.fetchval(
        "INSERT INTO crm.invoice_type (biller_id, code, alias) VALUES ($1, $2, 'Water') RETURNING id",
        *(biller, f"W{login}"),
    )
    await world.admin.execute(
        """INSERT INTO crm.paperless_enrollment (customer_id, invoice_type_id, status, origin, import_id)
           VALUES ($1, $2, 'active', 'import', $3)""",
        *(account, kind, imported.import_id),
    )
    await ended(world, imported, NOON)
    change = {"table": "login", "id": login, "before": {"email": email}, "after": {"email": f"new-{email}"}}
    await world.admin.execute(
        """INSERT INTO execution.row_result (import_id, line_no, outcome, codes, customer_id, login_id, changes)
           VALUES ($1, 2, 'applied', '{}', $2, $3, $4)""",
        *(imported.import_id, account, login, json.dumps([change])),
    )
    return Customer(imported, login)


async def test_a_text_is_changed_with_who_and_when_and_goes_back_to_the_default(
    world: World, client: httpx.AsyncClient, biller: int
) -> None:
    told = await Told.from_now(world.admin)
    address = f"/customer-emails/{biller}/texts"
    await answered(client.put(f"{address}/paperless_started", json=OWN), 204)
    shown = {one["about"]: one for one in (await client.get(address)).json()["items"]}
    own = shown["paperless_started"]
    assert (own["subject"], own["is_default"], own["changed_by"]) == (OWN["subject"], False, "iris")
    assert own["changed_at"]
    assert "payment_method" not in own["fields"]
    assert shown["activation"]["is_default"]
    assert (await told.one(Act.EMAIL_TEXT_CHANGED))["detail"] == {"text": "paperless_started", "is_default": False}
    await answered(client.delete(f"{address}/paperless_started"), 204)
    again = next(one for one in (await client.get(address)).json()["items"] if one["about"] == "paperless_started")
    assert (again["is_default"], again["changed_by"]) == (True, "iris")
    kept = await world.admin.fetch(
        "SELECT version, subject FROM notification.customer_text WHERE biller_id = $1 ORDER BY version", biller
    )
    assert [tuple(row) for row in kept] == [(1, OWN["subject"]), (2, None)]


async def test_an_unknown_field_is_refused_and_nothing_is_saved(client: httpx.AsyncClient, biller: int) -> None:
    address = f"/customer-emails/{biller}/texts"
    refused = await client.put(f"{address}/activation", json={"subject": "Hi", "body": "{{ password }}"})
    body = refused.json()
    assert (refused.status_code, body["code"], body["place"]) == (422, "email_field_unknown", "body")
    assert "user_name" in body["remedy"]
    assert all(one["is_default"] for one in (await client.get(address)).json()["items"])


async def test_a_preview_has_the_values_of_a_recent_row_with_emails_masked(
    world: World, client: httpx.AsyncClient, biller: int
) -> None:
    address = f"/customer-emails/{biller}/texts/paperless_started/preview"
    made_up = (await client.post(address, json=OWN)).json()
    assert (made_up["import_id"], "Ann Lee" in made_up["body"]) == (None, True)
    customer = await changed(world, biller, "Bea Moss")
    told = await Told.from_now(world.admin)
    seen = (await client.post(address, json=OWN)).json()
    assert seen["import_id"] == str(customer.imported.import_id)
    assert seen["body"] == f"Hello Bea Moss, A-{customer.login_id}, n***@example.com"
    assert (await told.one(Act.ROWS_SEEN))["import_id"] == customer.imported.import_id
    about = f"/customer-emails/{biller}/texts/email_changed/preview"
    both = (await client.post(about, json={"subject": "x", "body": "{{ former_email }} {{ email }}"})).json()
    assert both["body"].endswith("n***@example.com")
    assert both["body"][1:].startswith("***@example.com ")


async def test_who_may_not_edit_emails_may_not_see_them_either(
    client: httpx.AsyncClient, issuer: Issuer, biller: int
) -> None:
    address = f"/customer-emails/{biller}/texts"
    for name, status in (("paula", 403), ("nora", 404)):
        headers = signed_in(issuer, name)
        assert (await client.get(address, headers=headers)).status_code == status
        assert (await client.put(f"{address}/activation", json=OWN, headers=headers)).status_code == status
        assert (await client.post(f"{address}/activation/preview", json=OWN, headers=headers)).status_code == status


async def test_rows_of_a_kind_that_the_person_may_not_import_are_not_shown(
    world: World, client: httpx.AsyncClient, issuer: Issuer, biller: int
) -> None:
    await changed(world, biller)
    await world.admin.execute("UPDATE notification.import_view SET kind = 'registration' WHERE biller_id = $1", biller)
    await world.admin.execute(
        "UPDATE crm.operator_right SET may_edit_emails = true WHERE subject = 'paula' AND biller_id = $1", biller
    )
    address = f"/customer-emails/{biller}/texts/activation/preview"
    assert (await client.post(address, json=OWN)).json()["import_id"]
    hidden = (await client.post(address, json=OWN, headers=signed_in(issuer, "paula"))).json()
    assert hidden["import_id"] is None


async def test_the_pages(world: World, pages: FastAPI, issuer: Issuer, biller: int) -> None:
    await changed(world, biller, "<b>Bea</b>")
    async with client_of(pages, issuer, "iris") as iris:
        assert f"/status/billers/{biller}/emails" in await page(iris, f"/status/billers/{biller}")
        address = f"/status/billers/{biller}/emails"
        assert "Email address changed" in await page(iris, address)
        shown = await page(iris, f"{address}/paperless_started")
        assert "{{ bill_types }}" in shown
        csrf = shown.split('name="csrf" value="')[1].split('"')[0]
        typed = {"csrf": csrf, "subject": "Hello", "body": "Dear {{ customer_name }}\r\n\r\nBye"}
        tried = await iris.post(f"{address}/paperless_started/preview", data=typed)
        assert "Dear &lt;b&gt;Bea&lt;/b&gt;</p>" in tried.text
        wrong = await iris.post(f"{address}/paperless_started", data={**typed, "body": "{{ x }}"})
        assert (wrong.status_code, "email_field_unknown" in wrong.text) == (422, True)
        assert "{{ x }}" in wrong.text
        saved = await iris.post(f"{address}/paperless_started", data=typed)
        assert (saved.status_code, saved.headers["location"]) == (303, f"{address}?saved=1")
        assert "Your own" in await page(iris, address)
        assert "by iris" in await page(iris, address), "nobody signed in by this name"
        async with named(world, "iris", "Iris Moon"):
            for shown_at in (address, f"{address}/paperless_started"):
                assert "by Iris Moon" in await page(iris, shown_at)
        await iris.post(f"{address}/paperless_started/default", data={"csrf": csrf})
        assert "Your own" not in await page(iris, address)
