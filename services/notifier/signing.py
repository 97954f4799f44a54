"""Secrets and signatures of webhooks, as Standard Webhooks 1.0 say."""

import base64
import hashlib
import hmac
import os
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from shared.sealing import Sealer

_PREFIX: Final = "whsec_"
_SECRET_BYTES: Final = 32
_KEY_ID: Final = "webhook"


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


class SecretBox:
    """Seals the secrets where they are stored, each for its webhook."""

    def __init__(self, key: bytes) -> None:
        self._sealer = Sealer({_KEY_ID: key}, _KEY_ID)

    def seal(self, secret: str, webhook_id: UUID) -> bytes:
        return self._sealer.seal(secret, f"webhook|{webhook_id}")

    def unseal(self, sealed: bytes, webhook_id: UUID) -> str:
        return self._sealer.unseal(sealed, f"webhook|{webhook_id}")
