"""What is known of a login's email goes with the email."""

from typing import Any

import pytest

from tests.integration.executor.world import World, row

_VERIFIED = "UPDATE crm.login SET email_verified_at = '2026-01-01' WHERE id = $1"


@pytest.mark.parametrize(("action", "stays"), [("update_email", False), ("none", True)])
async def test_a_changed_email_is_not_verified_any_more(world: World, action: str, *, stays: bool) -> None:
    customer = await world.owned(biller := await world.biller())
    await world.admin.execute(_VERIFIED, customer[1])
    import_id = await world.run(biller, "paperless", [world.moved(2, customer, login_action=action)])
    assert await world.results(import_id) == {2: ("applied", [])}
    assert ((await world.one("login", customer[1]))["email_verified_at"] is not None) is stays


@pytest.mark.parametrize(("prefix", "stays"), [("file-", False), ("", True)])
async def test_a_claim_with_another_email_is_not_verified(world: World, prefix: str, *, stays: bool) -> None:
    customer_id, login_id, email = await world.owned(biller := await world.biller(), status="invited")
    await world.admin.execute(_VERIFIED, login_id)
    claim: dict[str, Any] = {"login_id": login_id, "login_action": "claim", "email": prefix + email.upper()}
    seen = {"seen_login_email": email, "seen_login_status": "invited"}
    import_id = await world.run(biller, "registration", [row(2, customer_id=customer_id, **claim | seen)])
    assert await world.results(import_id) == {2: ("applied", [])}
    assert ((await world.one("login", login_id))["email_verified_at"] is not None) is stays
