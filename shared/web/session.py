"""Who is signed in: a sealed cookie, which every service with the key can open; `open_sessions` says which ended."""

import base64
import binascii
import hmac
import secrets
import time
from dataclasses import asdict, dataclass, field, replace
from typing import Final, Self

import orjson
from starlette.requests import HTTPConnection
from starlette.responses import Response

from shared.sealing import SealBroken, Sealer
from shared.web.settings import WebSettings, decoded

# Browsers keep a cookie of this name only if it came by TLS, from this host itself, and is for all of its paths.
COOKIE: Final = "__Host-ci_session"
_PLAIN_COOKIE: Final = "ci_session"  # without TLS, on a machine of one's own
CSRF_HEADER: Final = "x-csrf-token"
CSRF_FIELD: Final = "csrf"
_KEY_ID: Final = "session"
_CONTEXT: Final = "session"
_ANONYMOUS_SECONDS: Final = 3600
_PIECE: Final = 3_800  # browsers drop a cookie above 4,096 bytes, and tokens of some providers are longer
_MOST_PIECES: Final = 6


def _new_token() -> str:
    return secrets.token_urlsafe(24)


@dataclass(frozen=True, slots=True)
class Session:
    """What the cookie holds; without a token nobody is signed in yet."""

    csrf: str = field(default_factory=_new_token)
    expires_at: int = field(default_factory=lambda: int(time.time()) + _ANONYMOUS_SECONDS)
    token: str = ""
    name: str = ""
    email: str = ""
    pending: dict[str, str] = field(default_factory=dict)  # of a sign-in at a provider, until it comes back

    @property
    def seconds_left(self) -> int:
        return max(0, self.expires_at - int(time.time()))

    def accepts(self, csrf: str) -> bool:
        return hmac.compare_digest(self.csrf.encode(), csrf.encode())

    def signed_in(self, token: str, *, name: str, email: str, seconds: int) -> Self:
        """The session of somebody who has just signed in; with new secrets, so that none from before is of use."""
        return replace(
            self,
            csrf=_new_token(),
            expires_at=int(time.time()) + seconds,
            token=token,
            name=name,
            email=email,
            pending={},
        )


class Sessions:
    """Reads and writes the cookie."""

    def __init__(self, settings: WebSettings) -> None:
        if settings.session_key is None:
            raise ValueError("Pages need a session key")
        self._sealer = Sealer({_KEY_ID: decoded(settings.session_key)}, _KEY_ID)
        self._secure = settings.has_secure_cookies
        self._cookie = COOKIE if self._secure else _PLAIN_COOKIE

    def read(self, connection: HTTPConnection) -> Session | None:
        """The session of a request; None where there is none or it has ended."""
        sealed = _joined(connection, self._cookie) or ("" if self._secure else _joined(connection, COOKIE))
        if not sealed:
            return None
        try:
            opened = self._sealer.unseal(base64.urlsafe_b64decode(sealed), _CONTEXT)
            session = Session(**orjson.loads(opened))
        except (SealBroken, binascii.Error, TypeError, ValueError):
            return None
        return session if session.expires_at > time.time() else None

    def write(self, response: Response, session: Session) -> None:
        sealed = self._sealer.seal(orjson.dumps(asdict(session)).decode(), _CONTEXT)
        for name, value in _pieces(self._cookie, base64.urlsafe_b64encode(sealed).decode()):
            response.set_cookie(
                name,
                value,
                max_age=max(0, session.expires_at - int(time.time())),
                httponly=True,
                secure=self._secure,
                samesite="lax",
            )

    def clear(self, response: Response) -> None:
        for place in range(_MOST_PIECES):
            response.delete_cookie(_name(self._cookie, place), httponly=True, secure=self._secure, samesite="lax")


def _name(cookie: str, place: int) -> str:
    return f"{cookie}_{place}" if place else cookie


def _pieces(cookie: str, sealed: str) -> list[tuple[str, str]]:
    """Cookies; the first says how many there are, so that one left from a longer session does no harm."""
    values = [sealed[start : start + _PIECE] for start in range(0, len(sealed), _PIECE)]
    if len(values) > _MOST_PIECES:
        raise ValueError("The session does not fit into cookies")
    return [(_name(cookie, place), value if place else f"{len(values)}.{value}") for place, value in enumerate(values)]


def _joined(connection: HTTPConnection, cookie: str) -> str:
    count, _, first = connection.cookies.get(cookie, "").partition(".")
    if not (count.isascii() and count.isdigit() and len(count) == 1):
        return ""
    return first + "".join(connection.cookies.get(_name(cookie, place), "") for place in range(1, int(count)))
