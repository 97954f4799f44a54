"""An OpenID provider on loopback: discovery, code flow with proof key, key set; it does what a test tells it to."""

import asyncio
import base64
import hashlib
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any, Final
from urllib.parse import urlencode

import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import FastAPI, Form, Header, HTTPException
from jwt.algorithms import ECAlgorithm
from starlette.responses import RedirectResponse

from stack.ports import LOOPBACK, free_port

CLIENT: Final = "customer-import-pages"
CLIENT_SECRET: Final = "only-for-tests"
AUDIENCE: Final = "customer-import"
_KEY_ID: Final = "k1"


@dataclass
class Grant:
    """A code that was given out."""

    nonce: str
    challenge: str
    redirect_uri: str


@dataclass
class Provider:
    """Signs everybody in as one person; the fields make it misbehave."""

    url: str
    refuses: bool = False
    nonce: str | None = None  # put into the identity in the place of the one that was asked for
    codes_expire: bool = False
    audience: str = AUDIENCE
    identity_audience: str = CLIENT
    identity: str | None = None  # in the place of the token
    ends_sessions: bool = False  # has an address for signing out
    padding: str = ""  # makes the access token long, as some providers do
    grants: dict[str, Grant] = field(default_factory=dict)
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def authorize(self, question: dict[str, str]) -> str:
        """Where the person is sent back to."""
        if self.refuses:
            return f"{question['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': question['state']})}"
        code = secrets.token_urlsafe(16)
        self.grants[code] = Grant(question["nonce"], question["code_challenge"], question["redirect_uri"])
        return f"{question['redirect_uri']}?{urlencode({'code': code, 'state': question['state']})}"

    def exchange(self, code: str, verifier: str, redirect_uri: str) -> dict[str, Any]:
        """Tokens for a code, once."""
        grant = self.grants.pop(code, None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        is_good = grant is not None and grant.challenge == proof and grant.redirect_uri == redirect_uri
        if grant is None or not is_good or self.codes_expire:
            raise HTTPException(400, {"error": "invalid_grant"})
        identity = {"aud": self.identity_audience, "nonce": self.nonce or grant.nonce, "email": "ivy@example.com"}
        return {
            "access_token": self._signed(
                {"aud": self.audience, "name": "Ivy Marsh", "padding": self.padding}, "at+jwt"
            ),
            "id_token": self._signed(identity, "JWT") if self.identity is None else self.identity,
            "token_type": "Bearer",
            "expires_in": 300,
        }

    def token(self, subject: str) -> str:
        """An access token, as a command-line sign-in gets it; for as long as the longest test on a busy machine."""
        return self._signed({"aud": self.audience, "sub": subject}, "at+jwt", seconds=3600)

    def jwks(self) -> dict[str, Any]:
        """The public key."""
        public = ECAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": _KEY_ID, "alg": "ES256", "use": "sig"}]}

    def _signed(self, claims: dict[str, str], kind: str, *, seconds: int = 300) -> str:
        now = int(time.time())
        given = {"iss": self.url, "sub": "ivy", "iat": now, "exp": now + seconds, **claims}
        return jwt.encode(given, self.key, "ES256", headers={"kid": _KEY_ID, "typ": kind})


@asynccontextmanager
async def running_provider() -> AsyncIterator[Provider]:
    """It listens until the end of the block."""
    port = free_port()
    provider = Provider(f"http://{LOOPBACK}:{port}")
    server = uvicorn.Server(uvicorn.Config(_app(provider), host=LOOPBACK, port=port, log_level="warning"))
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(30):
        while not server.started:  # noqa: ASYNC110 - the server sets no event
            await asyncio.sleep(0.01)
    yield provider
    server.should_exit = True
    await serving


def _app(provider: Provider) -> FastAPI:
    app = FastAPI()

    @app.get("/.well-known/openid-configuration")
    async def discovery() -> dict[str, Any]:
        names = ("authorize", "token", "jwks.json")
        authorize, token, jwks = (f"{provider.url}/{name}" for name in names)
        return {
            "issuer": provider.url,
            "authorization_endpoint": authorize,
            "token_endpoint": token,
            "jwks_uri": jwks,
        } | ({"end_session_endpoint": f"{provider.url}/end-session"} if provider.ends_sessions else {})

    @app.get("/jwks.json")
    async def jwks() -> dict[str, Any]:
        return provider.jwks()

    @app.get("/authorize")
    async def authorize(
        response_type: str,
        client_id: str,
        redirect_uri: str,
        state: str,
        nonce: str,
        code_challenge: str,
        code_challenge_method: str,
    ) -> RedirectResponse:
        if (response_type, client_id, code_challenge_method) != ("code", CLIENT, "S256"):
            raise HTTPException(400, {"error": "invalid_request"})
        question = {"redirect_uri": redirect_uri, "state": state, "nonce": nonce, "code_challenge": code_challenge}
        return RedirectResponse(provider.authorize(question), 302)

    @app.post("/token")
    async def token(
        grant_type: Annotated[str, Form()],
        code: Annotated[str, Form()],
        redirect_uri: Annotated[str, Form()],
        code_verifier: Annotated[str, Form()],
        authorization: Annotated[str, Header()],
    ) -> dict[str, Any]:
        expected = base64.b64encode(f"{CLIENT}:{CLIENT_SECRET}".encode()).decode()
        if grant_type != "authorization_code" or authorization != f"Basic {expected}":
            raise HTTPException(401, {"error": "invalid_client"})
        return provider.exchange(code, code_verifier, redirect_uri)

    return app
