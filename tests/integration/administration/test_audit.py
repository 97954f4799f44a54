"""What an administrator does leaves its entry in the audit trail."""

import asyncio
from typing import Any

import asyncpg
import pytest

from shared.audit import Act
from tests.integration.administration.conftest import command
from tests.support.audited import Scenario, Told

pytestmark = pytest.mark.usefixtures("set_up")


async def _adds_a_biller(admin: asyncpg.Connection) -> None:
    told = await Told.from_now(admin)
    number = (await _command("billers", "add", "Fir Gas", "--json"))["id"]
    entry = await told.one(Act.BILLER_ADDED)
    assert (entry["biller_id"], entry["source"]) == (number, "command line")


async def _grants_and_withdraws(admin: asyncpg.Connection) -> None:
    told = await Told.from_now(admin)
    await _command("rights", "grant", "ann", "--permission", "paperless", "--undo", "--json")
    await _command("rights", "withdraw", "ann", "--all", "--json")
    granted, withdrawn = await told.one(Act.RIGHT_GRANTED), await told.one(Act.RIGHT_WITHDRAWN)
    assert granted["recorded_by"] == await admin.fetchval("SELECT session_user::text")
    detail = granted["detail"]
    assert (detail["subject"], detail["permission"], detail["may_undo"]) == ("ann", "paperless", True)
    assert withdrawn["detail"] == {"subject": "ann"}


async def _command(*words: str) -> Any:
    return (await asyncio.to_thread(command, *words)).json


SCENARIOS: dict[Act, Scenario] = {
    Act.BILLER_ADDED: _adds_a_biller,
    Act.RIGHT_GRANTED: _grants_and_withdraws,
    Act.RIGHT_WITHDRAWN: _grants_and_withdraws,
}


@pytest.mark.parametrize("scenario", dict.fromkeys(SCENARIOS.values()), ids=lambda one: one.__name__.strip("_"))
async def test_it_leaves_its_entry(admin_dsn: str, scenario: Scenario) -> None:
    connection = await asyncpg.connect(admin_dsn)
    try:
        await scenario(connection)
    finally:
        await connection.close()
