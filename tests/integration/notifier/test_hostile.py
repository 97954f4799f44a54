"""No address, however it is formed, is answered with a 500."""

import httpx
import pytest
from fastapi import FastAPI

from stack.issuer import Issuer
from tests.integration.notifier.conftest import signed_in

ADDRESSES = [
    "/imports?text=%00",
    "/imports?requester=%00",
    "/imports?text=a%00b",
    "/imports?biller_id=10000000000000000000000",
    "/imports?biller_id=9223372036854775808",
    "/imports?biller_id=-9223372036854775809",
    "/imports?limit=99999999999999999999",
    "/imports?ended_from=0001-01-01T00:00:00%2B23:59",
    "/imports?ended_before=9999-12-31T23:59:59-23:59",
    "/imports?ended_from=1e300",
    "/imports?ended_from=-9999999999999",
    "/imports?state=%00",
    "/imports/%00",
    "/imports/00000000-0000-0000-0000-000000000000/rows?after=4294967296",
    "/imports/00000000-0000-0000-0000-000000000000/rows?code=%00",
    "/imports/00000000-0000-0000-0000-000000000000/rows?code=R%D9%A3%D9%A3%D9%A3",
    "/imports/00000000-0000-0000-0000-000000000000/log.csv?which=%00",
    "/imports/00000000-0000-0000-0000-000000000000/trail?after=%00",
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("person", ["iris", "nora"])
async def test_a_hostile_address_is_refused(app: FastAPI, issuer: Issuer, address: str, person: str) -> None:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://notifier/api/v1", headers=signed_in(issuer, person)
    ) as client:
        answer = await client.get(address)
    assert answer.status_code in (404, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_moment_at_the_edge_of_the_calendar_is_no_failure(client: httpx.AsyncClient) -> None:
    for year in (1900, 9998):
        answer = await client.get("/imports", params={"ended_from": f"{year}-06-01T00:00:00+14:00"})
        assert answer.status_code == 200, answer.text
