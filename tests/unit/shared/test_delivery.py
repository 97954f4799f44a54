from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.events import ImportDefined
from shared.messaging.decision import UndecodableError
from shared.messaging.delivery import Delivery
from shared.messaging.inbox import decode


def _record(**changes: Any) -> Any:
    fields = {"topic": "t", "partition": 0, "offset": 1, "key": None, "value": b"", "headers": ()}
    return SimpleNamespace(**(fields | changes))


@given(st.binary(), st.lists(st.tuples(st.text(), st.none() | st.binary())))
def test_nothing_on_a_topic_is_too_damaged_to_be_taken_and_stored(
    body: bytes, headers: list[tuple[str, bytes | None]]
) -> None:
    delivery = Delivery.of(_record(value=body, headers=headers))
    assert delivery.event_id is None or body
    stored = orjson.dumps(delivery.storable_headers)
    assert b"\\u0000" not in stored
    assert "authorization" not in delivery.storable_headers


def test_the_event_id_is_that_of_the_header_or_else_of_the_body() -> None:
    first, second = uuid4(), uuid4()
    body = orjson.dumps({"event_id": str(second)})
    assert Delivery.of(_record(value=body, headers=[("Event-Id", str(first).encode())])).event_id == first
    assert Delivery.of(_record(value=body)).event_id == second


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"{", b"\xff", b'{"event_id": 7}', b'{"event_id": "nonsense"}'])
def test_a_damaged_body_has_no_event_id(body: bytes) -> None:
    assert Delivery.of(_record(value=body)).event_id is None


@given(st.binary() | st.recursive(st.none() | st.text() | st.booleans(), st.lists).map(orjson.dumps))
def test_what_is_said_of_an_undecodable_body_repeats_nothing_of_it(body: bytes) -> None:
    with pytest.raises(UndecodableError) as told:
        decode(ImportDefined, body)
    assert told.value.detail.startswith("The body is no ImportDefined: ")
    assert told.value.__cause__ is None


def test_a_value_does_not_reach_the_detail() -> None:
    with pytest.raises(UndecodableError) as told:
        decode(ImportDefined, b'{"import_id": "x@example.com", "biller_id": "021000021", "kind": "x@example.com"}')
    assert "example" not in told.value.detail
    assert "021000021" not in told.value.detail


def test_nothing_that_signs_somebody_in_is_kept() -> None:
    token = b"eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJpdnkifQ.c2lnbmF0dXJl"
    named = ("authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "x-access-token", "trace")
    delivery = Delivery("a", 0, 0, None, b'{"auth": "Bearer ' + token + b'"}', dict.fromkeys(named, "x"))
    assert delivery.storable_headers == {"trace": "x"}
    assert delivery.storable_body == b'{"auth": "Bearer [token]"}'
    plain = b'{"version": "1.2.3", "name": "a.much.longer.name.with.dots"}'
    assert Delivery("a", 0, 0, None, plain).storable_body == plain
