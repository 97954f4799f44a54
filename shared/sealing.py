"""Values that must not be readable where they are stored, and fingerprints that compare them without opening them."""

import hashlib
import hmac
import os
from collections.abc import Mapping, Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_VERSION: Final = 1
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_LONGEST_KEY_ID: Final = 255
_SHORTEST_FINGERPRINT_KEY: Final = 32


class SealBroken(Exception):
    """A blob that cannot be opened: damaged, moved to another context, or sealed with a key that is not known."""


class KeyUnknown(SealBroken):
    """It may open where more keys are known."""


class Sealer:
    """AES-256-GCM with named keys, so that a key can be replaced while old values stay readable.

    A blob is: version (1 byte), length of the key id (1 byte), key id, nonce (12 bytes), ciphertext with tag. The
    context says whose value it is, such as ``payment_method|7|41``; a blob copied to another owner does not open there.
    """

    def __init__(self, keys: Mapping[str, bytes], current: str) -> None:
        for key_id, key in keys.items():
            _require_usable(key_id, key)
        if current not in keys:
            raise ValueError("The current key is not among the keys")
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._current = self._ciphers[current]
        self._head = _head(current)

    def seal(self, text: str, context: str) -> bytes:
        """The text, unreadable without the current key and usable in this context only."""
        return self.seal_each([text], context)[0]

    def seal_each(self, texts: Sequence[str], context: str) -> list[bytes]:
        """Each of the texts sealed; the random numbers of all of them are drawn at once, which is faster."""
        drawn = os.urandom(_NONCE_BYTES * len(texts))
        nonces = [drawn[start : start + _NONCE_BYTES] for start in range(0, len(drawn), _NONCE_BYTES)]
        head, encrypt, bound = self._head, self._current.encrypt, context.encode()
        return [head + nonce + encrypt(nonce, text.encode(), bound) for nonce, text in zip(nonces, texts, strict=True)]

    def unseal(self, blob: bytes, context: str) -> str:
        """The text of a blob; ``SealBroken`` where it cannot be opened."""
        key_id, nonce, ciphertext = _taken_apart(blob)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise KeyUnknown("The key of the value is not known")
        try:
            return cipher.decrypt(nonce, ciphertext, context.encode()).decode()
        except InvalidTag:
            raise SealBroken("The value is damaged or belongs elsewhere") from None


class Fingerprint:
    """HMAC-SHA-256 with a key of its own: a plain hash of a bank number can be found by trying all numbers."""

    def __init__(self, key: bytes) -> None:
        if len(key) < _SHORTEST_FINGERPRINT_KEY:
            raise ValueError(f"A fingerprint key has at least {_SHORTEST_FINGERPRINT_KEY} bytes")
        self._keyed = hmac.new(key, digestmod=hashlib.sha256)

    def of(self, *parts: str) -> bytes:
        """The fingerprint of the parts; each carries its length, so ("ab", "c") and ("a", "bc") differ."""
        keyed = self._keyed.copy()
        keyed.update(b"".join([len(part).to_bytes(4, "big") + part for part in map(str.encode, parts)]))
        return keyed.digest()


def _require_usable(key_id: str, key: bytes) -> None:
    if len(key) != _KEY_BYTES:
        raise ValueError(f"The data key {key_id} does not have {_KEY_BYTES} bytes")
    if not 1 <= len(key_id.encode()) <= _LONGEST_KEY_ID:
        raise ValueError(f"The id of a data key has 1 to {_LONGEST_KEY_ID} bytes")


def _head(key_id: str) -> bytes:
    encoded = key_id.encode()
    return bytes((_VERSION, len(encoded))) + encoded


def _taken_apart(blob: bytes) -> tuple[str, bytes, bytes]:
    if len(blob) < 2 + _NONCE_BYTES + _TAG_BYTES or blob[0] != _VERSION:
        raise SealBroken("Not a sealed value")
    nonce_at = 2 + blob[1]
    text_at = nonce_at + _NONCE_BYTES
    if len(blob) < text_at + _TAG_BYTES:
        raise SealBroken("A sealed value that was cut off")
    return blob[2:nonce_at].decode(errors="replace"), blob[nonce_at:text_at], blob[text_at:]
