"""Signing in from a terminal: the device flow of the identity provider (RFC 8628), and new tokens for old ones."""

import ipaddress
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from cli.errors import CommandError, UnreachableError
from cli.profiles import Profile

_GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
_SLOWER: Final = 5.0  # seconds more where the provider asks for it
_EARLY: Final = 30.0  # seconds before its end a token is renewed
_SIGN_IN: Final = "Sign in with `customer-import login`"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person has to do elsewhere: open the address and enter the code."""

    address: str
    code: str
    whole_address: str | None  # with the code in it


class Provider:
    """An OpenID provider, as its metadata describes it."""

    def __init__(self, http: httpx.Client, issuer: str) -> None:
        self._http = http
        self._issuer = require_safe(issuer).rstrip("/")
        self._metadata = self._get_metadata()

    def sign_in(self, profile: Profile, ask: Callable[[Asked], None], wait: Callable[[float], None]) -> Profile:
        """Wait until the person has agreed in a browser. Raises CommandError where they do not."""
        started = self._post(self._endpoint("device_authorization_endpoint"), client_id=profile.client_id, scope=_SCOPE)
        if "device_code" not in started:
            raise _refused(started)
        ask(Asked(started["verification_uri"], started["user_code"], started.get("verification_uri_complete")))
        interval, left = float(started.get("interval", 5)), float(started.get("expires_in", 600))
        while left > 0:
            wait(interval)
            left -= interval
            answer = self._token(grant_type=_GRANT, device_code=started["device_code"], client_id=profile.client_id)
            match answer.get("error"):
                case None:
                    return _with_tokens(profile, answer)
                case "authorization_pending":
                    continue
                case "slow_down":
                    interval += _SLOWER
                case _:
                    raise _refused(answer)
        raise CommandError("Nobody has signed in in time", remedy=_SIGN_IN)

    def renewed(self, profile: Profile) -> Profile:
        answer = self._token(
            grant_type="refresh_token", refresh_token=profile.refresh_token, client_id=profile.client_id
        )
        if "access_token" not in answer:
            raise CommandError("You are not signed in any more", remedy=_SIGN_IN)
        return _with_tokens(profile, answer)

    def revoke(self, profile: Profile) -> None:
        """Tell the provider that the tokens are needed no more, where it wants to know."""
        if endpoint := self._metadata.get("revocation_endpoint"):
            self._http.post(
                require_safe(endpoint), data={"token": profile.refresh_token, "client_id": profile.client_id}
            )

    def _get_metadata(self) -> Mapping[str, Any]:
        address = f"{self._issuer}/.well-known/openid-configuration"
        try:
            answer = self._http.get(address)
            metadata: Mapping[str, Any] = answer.raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise UnreachableError(f"{address} does not respond ({type(error).__name__})") from error
        if str(metadata.get("issuer", "")).rstrip("/") != self._issuer:
            raise CommandError(f"{self._issuer} says that it is another issuer", remedy="Correct --issuer")
        return metadata

    def _endpoint(self, name: str) -> str:
        if name not in self._metadata:
            raise CommandError(
                "The identity provider offers no sign-in for command lines (the device flow)",
                remedy="Set CUSTOMER_IMPORT_TOKEN to a token instead",
            )
        return require_safe(self._metadata[name])

    def _token(self, **fields: str) -> dict[str, Any]:
        return self._post(self._endpoint("token_endpoint"), **fields)

    def _post(self, address: str, **fields: str) -> dict[str, Any]:
        """The answer, also where it says why not."""
        try:
            answer: dict[str, Any] = self._http.post(address, data=fields).json()
        except (httpx.HTTPError, ValueError) as error:
            raise UnreachableError(f"{address} does not respond ({type(error).__name__})") from error
        return answer


_SCOPE: Final = "openid profile offline_access"


def is_current(profile: Profile, now: float) -> bool:
    return bool(profile.access_token) and profile.expires_at - _EARLY > now


def current(profile: Profile, now: float) -> Profile:
    """The profile with a token that is valid for a while; CommandError where the person has to sign in again."""
    if is_current(profile, now):
        return profile
    if not profile.refresh_token:
        raise CommandError("You are not signed in", remedy=_SIGN_IN)
    with httpx.Client(timeout=30) as http:
        return Provider(http, profile.issuer).renewed(profile)


def require_safe(address: str) -> str:
    """The address as it is; CommandError where tokens would travel in the clear."""
    parts = urlsplit(address)
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or "")):
        return address
    raise CommandError(f"{address} is not an https address", remedy="Tokens are sent only over https")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _with_tokens(profile: Profile, answer: Mapping[str, Any]) -> Profile:
    return replace(
        profile,
        access_token=answer["access_token"],
        refresh_token=answer.get("refresh_token") or profile.refresh_token,
        expires_at=time.time() + float(answer.get("expires_in", 60)),
    )


def _refused(answer: Mapping[str, Any]) -> CommandError:
    why = {"access_denied": "The sign-in was refused", "expired_token": "Nobody has signed in in time"}
    told = str(answer.get("error", ""))
    return CommandError(why.get(told, f"The identity provider refuses to sign you in ({told})"), remedy=_SIGN_IN)
