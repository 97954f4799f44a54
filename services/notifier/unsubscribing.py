"""What stands in an email so that its reader can say no to the next one without signing in."""

import base64
import binascii
from typing import Final

import orjson

from services.notifier.occasions import Occasion
from shared.sealing import SealBroken, Sealer

_KEY_ID: Final = "session"
_CONTEXT: Final = "unsubscribe"


class Unsubscribing:
    """Makes and reads the tokens: sealed, so that they name nobody, and of use for nothing else."""

    def __init__(self, key: bytes | None) -> None:
        self._sealer = None if key is None else Sealer({_KEY_ID: key}, _KEY_ID)

    def token(self, subject: str, occasion: Occasion) -> str:
        if self._sealer is None:
            return ""
        sealed = self._sealer.seal(orjson.dumps([subject, occasion.value]).decode(), _CONTEXT)
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def read(self, token: str) -> tuple[str, Occasion] | None:
        """Who does not want to be told of what; None where nobody made this token."""
        if self._sealer is None:
            return None
        try:
            sealed = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
            subject, occasion = orjson.loads(self._sealer.unseal(sealed, _CONTEXT))
            return subject, Occasion(occasion)
        except (SealBroken, binascii.Error, ValueError, TypeError):
            return None
