"""Emails to customers are sent once an import is final: one for each login. notice-9 to notice-12."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.notifier.handlers import Handlers
from services.notifier.mailer import Customers, PostOffice
from services.notifier.mailer.message import MessageWriter
from services.notifier.repository import customer_emails
from services.notifier.repository.outdated import remove_history
from shared.contracts.events import FinalState
from stack.ports import free_port
from tests.integration.notifier.browsing import begun, named, page
from tests.integration.notifier.telling import text_of
from tests.integration.notifier.test_customer_emails import OWN, Customer, changed
from tests.integration.notifier.test_mailer import Handler, Post
from tests.integration.notifier.test_notices import ended, held
from tests.integration.notifier.world import MAIL_DOMAIN, World

pytestmark = pytest.mark.usefixtures("pages")  # before the first request
_NOTIFY = """
UPDATE mapping.import SET definition = jsonb_set(definition, '{options,notify_customers}', 'true') WHERE id = $1
"""
_QUEUE = "INSERT INTO crm.notice (login_id, template, import_id) VALUES ($1, $2, $3)"


@dataclass
class Sending:
    """What customers get."""

    post: Post
    world: World

    def customers(self) -> Customers:
        office = PostOffice("127.0.0.1", self.post.port, starttls=False, timeout_seconds=5, sender="i@example.com")
        return Customers(self.world.database, office, MessageWriter("i@example.com"), "example.com")

    async def now(self) -> list[EmailMessage]:
        """Everything that is due is sent; what was taken since the last look."""
        before = len(self.post.handler.taken)
        while await self.customers().step():
            pass
        return self.post.handler.taken[before:]

    async def due(self, customer: Customer, *templates: str) -> None:
        """The executor has queued these, and the import has ended."""
        await self.queue(customer, *templates)
        await self.begin(customer.imported.import_id)

    async def queue(self, customer: Customer, *templates: str) -> None:
        await self.world.admin.execute(_NOTIFY, customer.imported.import_id)
        for template in templates:
            await self.world.admin.execute(_QUEUE, customer.login_id, template, customer.imported.import_id)

    async def begin(self, import_id: UUID) -> None:
        async with self.world.database.transaction() as connection:
            await customer_emails.begin(connection, import_id, timedelta(0))

    async def make_due(self) -> None:
        await self.world.admin.execute("UPDATE notification.customer_email_run SET not_before = now()")
        await self.world.admin.execute("UPDATE notification.customer_email SET not_before = now()")

    async def unsent(self, customer: Customer) -> int:
        number: int = await self.world.admin.fetchval(
            "SELECT count(*) FROM crm.notice WHERE import_id = $1 AND sent_at IS NULL", customer.imported.import_id
        )
        return number


@pytest.fixture
async def sending(world: World, biller: int) -> AsyncIterator[Sending]:
    for table in ("customer_email", "customer_email_run", "customer_emails_off"):
        await world.admin.execute(f"DELETE FROM notification.{table}")
    await world.admin.execute("UPDATE crm.operator_right SET may_edit_emails = true WHERE biller_id = $1", biller)
    post = Post(Handler(), free_port(), world)
    post.start()
    yield Sending(post, world)
    post.stop()


async def counts(client: httpx.AsyncClient, customer: Customer) -> dict[str, Any]:
    shown: dict[str, Any] = (await client.get(f"/imports/{customer.imported.import_id}/mails")).json()["customers"]
    return {name: shown[name] for name in ("waiting", "sent", "withdrawn", "stopped") if shown[name]}


async def test_a_login_gets_one_email_and_its_former_address_another(
    sending: Sending, world: World, client: httpx.AsyncClient, biller: int
) -> None:
    customer = await changed(world, biller)
    await client.put(f"/customer-emails/{biller}/texts/paperless_started", json=OWN)
    await sending.due(customer, "paperless_started", "email_changed")
    to_login, to_former = sorted(await sending.now(), key=lambda one: not str(one["To"]).startswith("new-"))
    name = await world.admin.fetchval("SELECT name FROM crm.biller WHERE id = $1", biller)
    assert str(to_login["Subject"]) == f"News from {name}"
    assert name in str(to_login["From"])
    assert f"A-{customer.login_id}" in text_of(to_login)
    assert "was changed from" in text_of(to_login)
    assert "was changed from" in text_of(to_former)
    assert f"A-{customer.login_id}" not in text_of(to_former)
    assert str(to_login["To"]) not in text_of(to_former)
    assert await counts(client, customer) == {"sent": 2}
    assert len(sending.post.handler.sessions) == 1  # one connection for both
    assert await sending.unsent(customer) == 0
    await sending.begin(customer.imported.import_id)
    assert await sending.now() == []


async def test_emails_wait_while_an_undo_is_open_and_what_it_takes_back_is_not_sent(
    sending: Sending, world: World, client: httpx.AsyncClient, biller: int
) -> None:
    customer = await changed(world, biller)
    undo = await begun(world, biller)
    await world.admin.execute(
        "UPDATE mapping.import SET undoes = $2 WHERE id = $1", undo.import_id, customer.imported.import_id
    )
    await sending.due(customer, "paperless_started")
    assert await sending.now() == []
    assert await counts(client, customer) == {"waiting": 1}
    await world.admin.execute("UPDATE mapping.import SET state = 'cancelled' WHERE id = $1", undo.import_id)
    await sending.make_due()
    assert len(await sending.now()) == 1


async def test_emails_wait_for_those_of_the_first_rows(sending: Sending, world: World, biller: int) -> None:
    customer = await changed(world, biller)
    held = "INSERT INTO execution.notice_held (import_id, login_id, template) VALUES ($1, 1, 'email_changed')"
    await world.admin.execute(held, customer.imported.import_id)
    await sending.due(customer, "paperless_started")
    assert await sending.now() == []
    await world.admin.execute("DELETE FROM execution.notice_held")
    await sending.make_due()
    assert len(await sending.now()) == 1


async def test_an_email_that_was_not_taken_can_still_be_withdrawn_and_is_sent_if_queued_again(
    sending: Sending, world: World, client: httpx.AsyncClient, biller: int
) -> None:
    customer = await changed(world, biller)
    sending.post.handler.replies = ["451 Later"]
    await sending.due(customer, "paperless_started")
    assert await sending.now() == []
    assert await sending.unsent(customer) == 1
    await world.admin.execute("DELETE FROM crm.notice WHERE import_id = $1", customer.imported.import_id)
    await sending.make_due()
    assert await sending.now() == []
    assert await counts(client, customer) == {"withdrawn": 1}
    await sending.due(customer, "paperless_started")
    [message] = await sending.now()
    assert message["Message-ID"] == sending.post.handler.seen[0]["Message-ID"]
    assert await counts(client, customer) == {"sent": 1}


async def test_what_was_handed_in_is_no_longer_withdrawn_with_the_queue(
    sending: Sending, world: World, biller: int
) -> None:
    """An undo withdraws what has no time of sending; a sender that is at it has set it before."""
    customer = await changed(world, biller)
    await sending.due(customer, "paperless_started")
    async with world.database.transaction() as connection:
        assert await customer_emails.read_some(connection, "example.com")
        claim = await customer_emails.claim(connection, timedelta(minutes=3))
    assert claim is not None
    assert await sending.unsent(customer) == 0
    async with world.database.transaction() as connection:
        await customer_emails.mark_sent(connection, replace(claim, attempts=claim.attempts - 1))
    assert await world.admin.fetchval("SELECT state FROM notification.customer_email") == "pending"


async def test_an_address_that_the_server_refuses_for_good_has_bounced(
    sending: Sending, world: World, client: httpx.AsyncClient, biller: int
) -> None:
    customer = await changed(world, biller)
    sending.post.handler.refused = "550 No such user"
    await sending.due(customer, "paperless_started")
    assert await sending.now() == []
    shown = (await client.get(f"/imports/{customer.imported.import_id}/mails")).json()["customers"]
    assert (shown["not_delivered"], shown["bounced"]) == (1, 1)
    told = "SELECT count(*) FROM audit.entry WHERE act = 'email_bounced' AND import_id = $1"
    assert await world.admin.fetchval(told, customer.imported.import_id) == 1


async def test_a_biller_can_switch_them_off_and_anybody_who_sees_an_import_can_stop_its_emails(
    sending: Sending, world: World, client: httpx.AsyncClient, iris: httpx.AsyncClient, biller: int
) -> None:
    first, second = await changed(world, biller), await changed(world, biller)
    await sending.queue(first, "paperless_started")
    async with world.database.transaction() as connection:
        await customer_emails.begin(connection, first.imported.import_id, timedelta(hours=1))
    address = f"/imports/{first.imported.import_id}"
    assert "Stop emails to customers" in await page(iris, f"/status{address}/mails")
    assert (await client.delete(f"{address}/customer-emails")).status_code == 204
    again = await client.delete(f"{address}/customer-emails")
    assert (again.status_code, again.json()["code"]) == (409, "no_emails_wait")
    await client.put(f"/customer-emails/{biller}", json={"on": False})
    assert "switched off" in await page(iris, f"/status/billers/{biller}/emails")
    await sending.due(second, "paperless_started")
    await sending.make_due()
    assert await sending.now() == []
    async with named(world, "iris", "Iris Moon"):
        assert re.search("Stopped .* by Iris Moon", await page(iris, f"/status{address}/mails"))
    assert "switched off" in await page(iris, f"/status/imports/{second.imported.import_id}/mails")
    await client.put(f"/customer-emails/{biller}", json={"on": True})
    assert (await client.get(f"/customer-emails/{biller}/texts")).json()["is_on"]


@pytest.mark.usefixtures("sending")
async def test_emails_begin_at_the_end_of_an_import_that_wants_them(world: World, biller: int) -> None:
    handlers = Handlers(MAIL_DOMAIN, customers_after=timedelta(hours=1))
    wanted, silent, undo = [await begun(world, biller) for _ in range(3)]
    await world.admin.execute(_NOTIFY, wanted.import_id)
    again = await begun(world, biller)
    for undone, by in ((wanted, undo), (undo, again)):
        await world.admin.execute("UPDATE mapping.import SET undoes = $1 WHERE id = $2", undone.import_id, by.import_id)
    done = "SELECT import_id, not_before > now() + interval '50 minutes' FROM notification.customer_email_run"
    for one in (silent, wanted, again):
        event = ended(one, FinalState.COMPLETED)
        await world.leave(event)
        async with world.database.transaction() as connection:
            await handlers.on_import_event(connection, event)
        expected = [] if one is silent else [(wanted.import_id, True)]
        assert [tuple(row) for row in await world.admin.fetch(done)] == expected
        await world.admin.execute("UPDATE notification.customer_email_run SET done_at = now(), not_before = now()")


async def test_emails_of_an_import_are_removed_with_its_history(sending: Sending, world: World, biller: int) -> None:
    customer = await changed(world, biller)
    await sending.due(customer, "paperless_started")
    await sending.now()
    await sending.now()
    await world.publish(held(customer.imported))
    await world.admin.execute(
        "UPDATE validation.import_check SET rows_removed_at = now(), finished_at = now() - interval '1 day'"
        " WHERE import_id = $1",
        customer.imported.import_id,
    )
    async with world.database.transaction() as connection:
        assert await remove_history(connection, timedelta(hours=1)) == 1
    assert await world.admin.fetchval("SELECT count(*) FROM notification.customer_email_run") == 0
