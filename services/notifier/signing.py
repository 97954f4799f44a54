"""Secrets and signatures of webhooks, as Standard Webhooks 1.0 say."""

import base64
import hashlib
import hmac
import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from shared.sealing import Sealer

_PREFIX: Final = "whsec_"
_SECRET_BYTES: Final = 32
_KEY_ID: Final = "webhook"
_VERSION: Final = "v1,"
_TOLERANCE_SECONDS: Final = 300
_LONGEST_TIMESTAMP: Final = 12
_SHORTEST_KEY: Final = 24
_LONGEST_KEY: Final = 64


def new_secret() -> str:
    return _PREFIX + base64.b64encode(os.urandom(_SECRET_BYTES)).decode()


def headers_of(secrets: Iterable[str], message_id: UUID, moment: datetime, body: str) -> dict[str, str]:
    """A signature for each secret, so that none is refused while a secret is replaced."""
    timestamp = str(int(moment.timestamp()))
    signed = f"{message_id}.{timestamp}.{body}".encode()
    return {
        "webhook-id": str(message_id),
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{_signature(secret, signed)}" for secret in secrets),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def is_signed(secrets: Iterable[str], headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether a request was signed with one of the secrets within the last five minutes; ``headers`` in lower case."""
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not timestamp.isascii() or not timestamp.isdecimal() or len(timestamp) > _LONGEST_TIMESTAMP:
        return False
    if abs(now.timestamp() - int(timestamp)) > _TOLERANCE_SECONDS:
        return False
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    given = [one.removeprefix(_VERSION) for one in headers.get("webhook-signature", "").split(" ")]
    right = [_signature(secret, signed) for secret in secrets]
    return any(hmac.compare_digest(one.encode(), other.encode()) for one in given for other in right)


def is_secret(text: str) -> bool:
    """Whether it is a secret as Standard Webhooks say: ``whsec_`` and the base64 of 24 to 64 bytes."""
    try:
        key = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except ValueError:
        return False
    return text.startswith(_PREFIX) and _SHORTEST_KEY <= len(key) <= _LONGEST_KEY


class SecretBox:
    """Seals the secrets where they are stored, each for its webhook."""

    def __init__(self, key: bytes) -> None:
        self._sealer = Sealer({_KEY_ID: key}, _KEY_ID)

    def seal(self, secret: str, webhook_id: UUID) -> bytes:
        return self._sealer.seal(secret, f"webhook|{webhook_id}")

    def unseal(self, sealed: bytes, webhook_id: UUID) -> str:
        return self._sealer.unseal(sealed, f"webhook|{webhook_id}")
