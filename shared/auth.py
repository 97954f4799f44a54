"""Who is asking: bearer tokens, verified against the key set of the issuer."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import httpx
import jwt

from shared.logging import get_logger

# Signatures with a public key only: a shared secret (HS*) or none would let anyone who knows the key set sign.
ALGORITHMS: Final = ("RS256", "ES256", "EdDSA")
TOKEN_TYPES: Final = frozenset({"at+jwt", "application/at+jwt", "jwt"})
_ACCESS_TYPES: Final = frozenset({"at+jwt", "application/at+jwt"})
_OF_ID_TOKENS: Final = frozenset({"nonce", "at_hash", "c_hash"})
_FETCH_SECONDS: Final = 5.0
_FRESH_SECONDS: Final = 300.0  # so that a key taken out of the set stops working soon
_USABLE_SECONDS: Final = 3600.0  # how long the keys are still good while the issuer cannot be reached
_BETWEEN_FETCHES_SECONDS: Final = 5.0  # tokens with made-up key ids must not make us hammer the issuer
_LEEWAY_SECONDS: Final = 10
_LONGEST_TOKEN: Final = 16_384
_LONGEST_NAME: Final = 200
_LATEST: Final = 2**53  # seconds that a float can still tell apart
# The library looks at claims and headers of any type and depth, as a stranger writes them.
NOT_A_TOKEN: Final = (
    jwt.PyJWTError,
    TypeError,
    ValueError,
    AttributeError,
    LookupError,
    OverflowError,
    RecursionError,
)

log = get_logger()


class AuthenticationFailed(Exception):
    """The token is missing or not good. ``reason`` is a plain sentence without anything of the token."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class KeySetUnavailable(ConnectionError):
    """The key set cannot be fetched and none is known: nobody can be recognised for now."""


class AuthSettings(Protocol):
    """Where tokens come from."""

    @property
    def jwks_url(self) -> str: ...

    @property
    def jwt_issuer(self) -> str: ...

    @property
    def jwt_audience(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in. What he may do stands in the CRM, not in the token."""

    subject: str
    name: str
    expires_at: float | None = field(default=None, compare=False)  # of the token, so that long answers end with it
    email: str = field(
        default="", compare=False, repr=False
    )  # empty where the token names none, or none that is verified


@dataclass(frozen=True, slots=True)
class TokenRules:
    """What a token has to be beside signed, in time and for us."""

    longest_seconds: float = 86_400
    requires_access_type: bool = False


class KeySet:
    """The issuer's public keys by id, fetched when needed and kept for a while."""

    def __init__(
        self, url: str, client: httpx.AsyncClient | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._url = url
        self._clock = clock
        self._client = client or httpx.AsyncClient(timeout=_FETCH_SECONDS)
        self._lock = asyncio.Lock()
        self._keys: Mapping[str | None, jwt.PyJWK] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None

    async def key(self, key_id: str | None) -> jwt.PyJWK | None:
        """The key of this id. An unknown id fetches the set again, since the issuer may have changed its keys."""
        if not self._is_younger_than(_FRESH_SECONDS) or key_id not in self._keys:
            async with self._lock:
                await self._refresh(key_id)
        if not self._is_younger_than(_USABLE_SECONDS):
            raise KeySetUnavailable("The key set of the token issuer cannot be fetched")
        return self._keys.get(key_id)

    async def close(self) -> None:
        await self._client.aclose()

    async def _refresh(self, key_id: str | None) -> None:
        if self._is_younger_than(_FRESH_SECONDS) and key_id in self._keys:
            return  # another caller fetched it while this one waited
        now = self._clock()
        if self._tried_at is not None and now - self._tried_at < _BETWEEN_FETCHES_SECONDS:
            return
        self._tried_at = now
        try:
            response = await self._client.get(self._url, follow_redirects=False)
            response.raise_for_status()
            self._keys = _usable_keys(response.json())
            self._fetched_at = self._clock()
        except (httpx.HTTPError, ValueError) as error:
            log.warning("key_set_not_fetched", exc_info=error)

    def _is_younger_than(self, seconds: float) -> bool:
        return self._fetched_at is not None and self._clock() - self._fetched_at < seconds


class TokenVerifier:
    """Turns a bearer token into the person it was issued to."""

    def __init__(
        self,
        settings: AuthSettings,
        client: httpx.AsyncClient | None = None,
        clock: Callable[[], float] = time.monotonic,
        rules: TokenRules | None = None,
    ) -> None:
        self._key_set = KeySet(settings.jwks_url, client, clock)
        self._rules = rules or TokenRules()
        self._issuer = settings.jwt_issuer
        self._audience = settings.jwt_audience

    async def verify(self, token: str) -> Person:
        """The person; raises ``AuthenticationFailed``, or ``KeySetUnavailable`` where nobody can be recognised."""
        key = await self._key_set.key(_key_id(token))
        if key is None:
            raise AuthenticationFailed("The token is signed with an unknown key")
        claims = self._claims(token, key)
        self._require_access_token(jwt.get_unverified_header(token), claims)
        if _expiry(claims) - time.time() > self._rules.longest_seconds + _LEEWAY_SECONDS:
            raise AuthenticationFailed("The token is valid for too long")
        return _person(claims)

    def _require_access_token(self, header: Mapping[str, object], claims: Mapping[str, object]) -> None:
        """An ID token says who signed in; where client id and audience are the same it must not pass for access."""
        if str(header.get("typ", "")).lower() in _ACCESS_TYPES:
            return
        if self._rules.requires_access_type or _OF_ID_TOKENS & claims.keys():
            raise AuthenticationFailed("The token is not an access token")

    async def verify_header(self, authorization: str | None) -> Person:
        scheme, _, token = (authorization or "").partition(" ")
        return await self.verify(token.strip() if scheme.lower() == "bearer" else "")

    async def close(self) -> None:
        await self._key_set.close()

    def _claims(self, token: str, key: jwt.PyJWK) -> Mapping[str, Any]:
        try:
            claims: Mapping[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                audience=self._audience,
                issuer=self._issuer,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except jwt.ExpiredSignatureError:
            raise AuthenticationFailed("The token has expired") from None
        except NOT_A_TOKEN:
            raise AuthenticationFailed("The token is not valid here") from None
        return claims


def _key_id(token: str) -> str | None:
    """Key id of the token, after its header has been looked at: type and algorithm are ours to choose, not its."""
    if not token:
        raise AuthenticationFailed("The bearer token is missing")
    if len(token) > _LONGEST_TOKEN:
        raise AuthenticationFailed("The token is too long")
    try:
        header = jwt.get_unverified_header(token)
    except NOT_A_TOKEN:
        raise AuthenticationFailed("The token can't be read") from None
    if header.get("alg") not in ALGORITHMS:
        raise AuthenticationFailed("The token's signature algorithm is not accepted")
    if str(header.get("typ", "")).lower() not in TOKEN_TYPES:
        raise AuthenticationFailed("The token is not an access token")
    key_id = header.get("kid")
    return key_id if isinstance(key_id, str) else None


def _usable_keys(document: object) -> dict[str | None, jwt.PyJWK]:
    """Keys of the set that may sign tokens, by id. A set with one key only may leave the id out."""
    entries = document.get("keys") if isinstance(document, dict) else None
    if not entries or not isinstance(entries, list):
        raise ValueError("Not a key set")
    keys = {entry.get("kid"): key for entry in entries if (key := _usable_key(entry)) is not None}
    if len(keys) == 1:
        return {**keys, None: next(iter(keys.values()))}
    keys.pop(None, None)
    return keys


def _usable_key(entry: object) -> jwt.PyJWK | None:
    if not isinstance(entry, dict) or entry.get("use", "sig") != "sig" or "d" in entry:
        return None
    try:
        key = jwt.PyJWK(entry)
    except jwt.PyJWTError:
        return None
    return key if key.algorithm_name in ALGORITHMS else None


def _person(claims: Mapping[str, Any]) -> Person:
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_NAME or not subject.isprintable():
        raise AuthenticationFailed("The token has no subject")
    name = claims.get("name")
    shown = (_printable(name) if isinstance(name, str) else "") or subject
    return Person(subject, shown, _expiry(claims), verified_email(claims))


def verified_email(claims: Mapping[str, Any]) -> str:
    """The address in a token; empty where there is none, or the issuer says that nobody has verified it."""
    email = claims.get("email")
    return email if isinstance(email, str) and claims.get("email_verified") is not False else ""


def _expiry(claims: Mapping[str, Any]) -> float:
    """The library takes whatever Python makes a number of; a token has a number."""
    expiry = claims["exp"]
    if isinstance(expiry, bool) or not isinstance(expiry, int | float) or not 0 < expiry <= _LATEST:
        raise AuthenticationFailed("The token has no expiration time")
    return float(expiry)


def _printable(name: str) -> str:
    """The name without control characters: it is shown in mails and pages."""
    return "".join(character for character in name if character.isprintable()).strip()[:_LONGEST_NAME]
