"""Development token issuer, `python -m stack.issuer --port PORT`. It gives anyone a token, so: loopback only."""

import ipaddress
import os
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import jwt
import typer
import uvicorn
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI, HTTPException
from jwt.algorithms import OKPAlgorithm
from pydantic import BaseModel, ConfigDict
from starlette.middleware.trustedhost import TrustedHostMiddleware

from stack.device_flow import DeviceFlow, device_router
from stack.people import AUDIENCE, PEOPLE, Person
from stack.ports import LOOPBACK

ALGORITHM = "EdDSA"
LIFETIME_SECONDS = 3600


class TokenRequest(BaseModel):
    """Who wants to sign in."""

    model_config = ConfigDict(extra="forbid")

    person: str


class Issuer:
    """Signs tokens with one Ed25519 key."""

    def __init__(self, url: str, key: Ed25519PrivateKey, people: Mapping[str, Person] = PEOPLE) -> None:
        self._url = url
        self._key = key
        self._people = people
        self._key_id = jwt.utils.base64url_encode(_public_bytes(key)[:12]).decode()

    def jwks(self) -> dict[str, object]:
        public = OKPAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": self._key_id, "alg": ALGORITHM, "use": "sig"}]}

    def token(self, person_key: str) -> str:
        person = self._people[person_key]
        now = int(time.time())
        claims = {
            "iss": self._url,
            "aud": AUDIENCE,
            "sub": person.key,
            "name": person.name,
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
            "jti": str(uuid.uuid4()),
        }
        return jwt.encode(claims, self._key, ALGORITHM, headers={"kid": self._key_id, "typ": "at+jwt"})

    def device_flow(self) -> DeviceFlow:
        names = {person.key: person.name for person in self._people.values()}
        return DeviceFlow(self._url, names, self.token, LIFETIME_SECONDS)

    def people(self) -> list[dict[str, object]]:
        return [
            {
                "person": person.key,
                "name": person.name,
                "email": person.email,
                "role": person.role,
                "permission": person.permission,
                "may_approve": person.may_approve,
            }
            for person in self._people.values()
        ]


def build_app(issuer: Issuer) -> FastAPI:
    app = FastAPI(title="Development token issuer", docs_url=None, redoc_url=None, openapi_url=None)
    # A page of another site, made to resolve to loopback, must not be able to ask for a token.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[LOOPBACK, "localhost"])

    @app.get("/readyz")
    async def readyz() -> dict[str, str]:
        return {"status": "ready"}

    @app.get("/jwks.json")
    async def jwks() -> dict[str, object]:
        return issuer.jwks()

    @app.get("/people")
    async def people() -> list[dict[str, object]]:
        return issuer.people()

    @app.post("/token")
    async def token(request: TokenRequest) -> dict[str, object]:
        try:
            signed = issuer.token(request.person)
        except KeyError:
            known = ", ".join(sorted(PEOPLE))
            raise HTTPException(404, f"Nobody of that name can sign in; known are {known}") from None
        return {"access_token": signed, "token_type": "Bearer", "expires_in": LIFETIME_SECONDS}

    app.include_router(device_router(issuer.device_flow()))
    return app


def load_key(path: Path | None) -> Ed25519PrivateKey:
    """The key in a file, made where it is missing; without a file a new one."""
    if path is not None and path.exists():
        loaded = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(loaded, Ed25519PrivateKey):
            raise typer.BadParameter(f"{path} holds no Ed25519 key")
        return loaded
    key = Ed25519PrivateKey.generate()
    if path is not None:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            target.write(_pem(key))
    return key


def require_loopback(host: str) -> str:
    """The address as it is, or a refusal."""
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = host == "localhost"
    if not is_loopback:
        raise typer.BadParameter(
            f"The development token issuer gives anyone a token, so it binds loopback only ({LOOPBACK}), not {host}"
        )
    return host


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _public_bytes(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def main(
    port: Annotated[int, typer.Option(help="Port to listen on.")],
    host: Annotated[str, typer.Option(help="Loopback address to listen on.")] = LOOPBACK,
    key_file: Annotated[Path | None, typer.Option(help="Keep the signing key here across restarts.")] = None,
) -> None:
    issuer = Issuer(f"http://{require_loopback(host)}:{port}", load_key(key_file))
    uvicorn.run(build_app(issuer), host=host, port=port, log_level="warning")


if __name__ == "__main__":
    typer.run(main)
