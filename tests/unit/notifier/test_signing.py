"""Signatures of requests that reach us, by the rules of Standard Webhooks."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

from services.notifier.signing import is_secret, is_signed, new_secret

_NOW = datetime(2026, 11, 30, 9, 15, tzinfo=UTC)


def _signed(secret: str, body: str, at: datetime = _NOW) -> dict[str, str]:
    """By a library that is not ours."""
    return {
        "webhook-id": "m1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign("m1", at, body),
    }


@given(body=st.text(), seconds=st.integers(-300, 300))
def test_what_the_library_signs_is_taken_for_five_minutes(body: str, seconds: int) -> None:
    secret, at = new_secret(), _NOW + timedelta(seconds=seconds)
    assert is_signed([new_secret(), secret], _signed(secret, body, at), body.encode(), _NOW)


@given(body=st.binary(), cut=st.integers(0, 200))
def test_any_other_body_is_refused(body: bytes, cut: int) -> None:
    secret, signed = new_secret(), "the body"
    is_same = body == signed.encode()
    assert is_signed([secret], _signed(secret, signed), body, _NOW) is is_same
    shorter = _signed(secret, signed) | {"webhook-signature": _signed(secret, signed)["webhook-signature"][:-1]}
    assert not is_signed([secret], shorter, signed.encode(), _NOW)
    assert not is_signed([secret], _signed(secret, signed), signed.encode() + b" " * (cut + 1), _NOW)


@pytest.mark.parametrize("timestamp", ["", "x", "-1", "1e9", "²", "9" * 400, str(int(_NOW.timestamp()) - 301)])
def test_a_time_that_is_none_or_too_old_is_refused(timestamp: str) -> None:
    secret = new_secret()
    assert not is_signed([secret], _signed(secret, "b") | {"webhook-timestamp": timestamp}, b"b", _NOW)


def test_without_headers_or_secrets_nothing_is_taken() -> None:
    secret = new_secret()
    assert not is_signed([secret], {}, b"", _NOW)
    assert not is_signed([], _signed(secret, ""), b"", _NOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("whsec_" + base64.b64encode(bytes(64)).decode(), True),
        ("whsec_" + base64.b64encode(bytes(24)).decode(), True),
        ("whsec_" + base64.b64encode(bytes(23)).decode(), False),
        ("whsec_" + base64.b64encode(bytes(65)).decode(), False),
        (base64.b64encode(bytes(32)).decode(), False),
        ("whsec_*", False),
        ("", False),
    ],
)
def test_a_secret_has_its_mark_and_enough_bytes(text: str, expected: bool) -> None:
    assert is_secret(text) is expected
