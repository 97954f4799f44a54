import base64
import contextlib
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.security import HTTPAuthorizationCredentials
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from shared.auth import AuthenticationFailed, KeySetUnavailable, Person, TokenRules, TokenVerifier
from shared.bearer import authenticated
from shared.http import Problem

KEYS: dict[str, Any] = {
    "RS256": rsa.generate_private_key(65537, 2048),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": Ed25519PrivateKey.generate(),
}
JWKS = {
    "RS256": RSAAlgorithm.to_jwk(KEYS["RS256"].public_key(), as_dict=True),
    "ES256": ECAlgorithm.to_jwk(KEYS["ES256"].public_key(), as_dict=True),
    "EdDSA": OKPAlgorithm.to_jwk(KEYS["EdDSA"].public_key(), as_dict=True),
}


@dataclass
class Settings:
    jwks_url: str = "https://issuer.example.com/jwks.json"
    jwt_issuer: str = "https://issuer.example.com"
    jwt_audience: str = "customer-import"


@dataclass
class Issuer:
    keys: list[dict[str, Any]] = field(default_factory=lambda: [{**jwk, "kid": name} for name, jwk in JWKS.items()])
    fetches: int = 0
    status: int = 200
    now: float = 1000.0

    def answer(self, _request: httpx.Request) -> httpx.Response:
        self.fetches += 1
        return httpx.Response(self.status, json={"keys": self.keys})

    def clock(self) -> float:
        return self.now

    def verifier(self) -> TokenVerifier:
        return TokenVerifier(Settings(), httpx.AsyncClient(transport=httpx.MockTransport(self.answer)), self.clock)


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
async def verifier(issuer: Issuer) -> AsyncIterator[TokenVerifier]:
    made = issuer.verifier()
    yield made
    await made.close()


def token(algorithm: str = "EdDSA", key: Any = None, headers: dict[str, Any] | None = None, **claims: Any) -> str:
    now = int(time.time())
    body = {
        "iss": "https://issuer.example.com",
        "aud": "customer-import",
        "sub": "ivy",
        "name": "Ivy Marsh",
        "exp": now + 60,
    } | claims
    given = {name: value for name, value in body.items() if value is not None}
    head = {"kid": algorithm, "typ": "at+jwt"} | (headers or {})
    return jwt.encode(given, key or KEYS[algorithm], algorithm, headers=head)


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
async def test_a_good_token_gives_the_person(verifier: TokenVerifier, algorithm: str) -> None:
    assert await verifier.verify(token(algorithm)) == Person("ivy", "Ivy Marsh")


@pytest.mark.parametrize("typ", ["JWT", "AT+JWT", "application/at+jwt"])
async def test_the_usual_types_are_taken(verifier: TokenVerifier, typ: str) -> None:
    assert (await verifier.verify(token(headers={"typ": typ}))).subject == "ivy"


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": None},
        {"iss": None},
        {"aud": None},
        {"sub": None},
        {"exp": int(time.time()) - 3600},
        {"nbf": int(time.time()) + 3600},
        {"iss": "https://elsewhere.example.com"},
        {"aud": "something-else"},
        {"sub": ""},
        {"sub": "a\nb"},
        {"sub": "x" * 201},
    ],
)
async def test_claims_are_required_and_checked(verifier: TokenVerifier, claims: dict[str, Any]) -> None:
    with pytest.raises(AuthenticationFailed):
        await verifier.verify(token(**claims))


@pytest.mark.parametrize("headers", [{"typ": "dpop+jwt"}, {"typ": None}, {"kid": "unknown"}, {"crit": ["exp"]}])
async def test_headers_are_checked(verifier: TokenVerifier, headers: dict[str, Any]) -> None:
    with pytest.raises(AuthenticationFailed):
        await verifier.verify(token(headers=headers))


def _part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


async def test_no_signature_and_shared_secrets_are_refused(verifier: TokenVerifier) -> None:
    claims = jwt.decode(token(), options={"verify_signature": False})
    unsigned = f"{_part({'alg': 'none', 'typ': 'at+jwt', 'kid': 'EdDSA'})}.{_part(claims)}."
    # The classic confusion: the public key, which everybody has, taken as the secret.
    forged = token("HS256", key=JWKS["RS256"]["n"].encode(), headers={"kid": "RS256"})
    for bad in (unsigned, forged, "", "abc", "a.b.c", "x" * 20_000):
        with pytest.raises(AuthenticationFailed):
            await verifier.verify(bad)


async def test_another_algorithm_than_that_of_the_key_is_refused(verifier: TokenVerifier) -> None:
    with pytest.raises(AuthenticationFailed):
        await verifier.verify(token("ES256", headers={"kid": "RS256"}))


async def test_a_token_signed_by_somebody_else_is_refused(verifier: TokenVerifier) -> None:
    with pytest.raises(AuthenticationFailed):
        await verifier.verify(token(key=Ed25519PrivateKey.generate()))


async def test_keys_are_fetched_once(verifier: TokenVerifier, issuer: Issuer) -> None:
    for _ in range(5):
        await verifier.verify(token())
    assert issuer.fetches == 1


async def test_a_new_key_is_found_and_an_old_one_forgotten(verifier: TokenVerifier, issuer: Issuer) -> None:
    await verifier.verify(token())
    new = Ed25519PrivateKey.generate()
    issuer.keys = [{**OKPAlgorithm.to_jwk(new.public_key(), as_dict=True), "kid": "new"}]
    issuer.now += 10
    assert (await verifier.verify(token(key=new, headers={"kid": "new"}))).subject == "ivy"
    with pytest.raises(AuthenticationFailed):
        await verifier.verify(token())


async def test_made_up_key_ids_do_not_hammer_the_issuer(verifier: TokenVerifier, issuer: Issuer) -> None:
    for number in range(20):
        with pytest.raises(AuthenticationFailed):
            await verifier.verify(token(headers={"kid": f"made-up-{number}"}))
    assert issuer.fetches == 1


async def test_known_keys_outlive_an_issuer_that_is_away_for_a_while(verifier: TokenVerifier, issuer: Issuer) -> None:
    await verifier.verify(token())
    issuer.status = 500
    issuer.now += 1800
    assert (await verifier.verify(token())).subject == "ivy"
    issuer.now += 3600
    with pytest.raises(KeySetUnavailable):
        await verifier.verify(token())


async def test_private_and_symmetric_keys_of_a_set_are_not_used(issuer: Issuer) -> None:
    secret = base64.urlsafe_b64encode(b"s" * 32).rstrip(b"=").decode()
    issuer.keys = [
        {"kty": "oct", "k": secret, "kid": "oct", "alg": "HS256"},
        {**OKPAlgorithm.to_jwk(KEYS["EdDSA"], as_dict=True), "kid": "private"},
        {**JWKS["RS256"], "kid": "enc", "use": "enc"},
        {**JWKS["RS256"], "kid": "RS512", "alg": "RS512"},
        {"kty": "nonsense", "kid": "nonsense"},
    ]
    verifier = issuer.verifier()
    for bad in (
        token("HS256", key=b"s" * 32, headers={"kid": "oct"}),
        token(headers={"kid": "private"}),
        token("RS256", headers={"kid": "enc"}),
        token("RS512", key=KEYS["RS256"], headers={"kid": "RS512"}),
    ):
        with pytest.raises(AuthenticationFailed):
            await verifier.verify(bad)
    await verifier.close()


async def test_names_are_shown_in_mails_so_control_characters_are_dropped(verifier: TokenVerifier) -> None:
    assert (await verifier.verify(token(name="Ivy\r\nBcc: x"))).name == "IvyBcc: x"
    assert (await verifier.verify(token(name=None))).name == "ivy"
    assert (await verifier.verify(token(name=" \n"))).name == "ivy"


async def test_headers_of_messages_are_read(verifier: TokenVerifier) -> None:
    assert (await verifier.verify_header(f"bearer {token()}")).subject == "ivy"
    for header in (None, "", "Bearer", "Bearer ", f"Basic {token()}", token()):
        with pytest.raises(AuthenticationFailed):
            await verifier.verify_header(header)


async def test_the_dependency_answers_401_and_503(issuer: Issuer) -> None:
    verifier = issuer.verifier()
    with pytest.raises(Problem) as unauthenticated:
        await authenticated(verifier, None)
    assert unauthenticated.value.status == 401
    issuer.status = 500
    credentials = HTTPAuthorizationCredentials(scheme="Bearer", credentials=token())
    with pytest.raises(Problem) as unavailable:
        await authenticated(verifier, credentials)
    assert unavailable.value.status == 503
    await verifier.close()


@pytest.mark.parametrize("algorithm", ["none", "HS256", "HS512", "RS384", "RS512", "PS256", "ES384", "ES256K"])
async def test_other_algorithms_are_refused_before_any_key_is_looked_up(
    issuer: Issuer, verifier: TokenVerifier, algorithm: str
) -> None:
    head = base64.urlsafe_b64encode(json.dumps({"alg": algorithm, "typ": "at+jwt", "kid": "RS256"}).encode()).decode()
    made = ".".join([head.rstrip("="), *token("RS256").split(".")[1:]])
    with pytest.raises(AuthenticationFailed) as failed:
        await verifier.verify(made)
    assert failed.value.reason == "The token's signature algorithm is not accepted"
    assert issuer.fetches == 0


@pytest.mark.parametrize("claim", ["nonce", "at_hash", "c_hash"])
async def test_an_id_token_is_no_access_token(verifier: TokenVerifier, claim: str) -> None:
    claims: dict[str, Any] = {claim: "x"}
    with pytest.raises(AuthenticationFailed):
        await verifier.verify(token(headers={"typ": "JWT"}, **claims))
    assert (await verifier.verify(token(**claims))).subject == "ivy"


async def test_where_only_access_tokens_are_wanted_others_are_refused(issuer: Issuer) -> None:
    client = httpx.AsyncClient(transport=httpx.MockTransport(issuer.answer))
    strict = TokenVerifier(Settings(), client, issuer.clock, TokenRules(requires_access_type=True))
    assert (await strict.verify(token())).subject == "ivy"
    with pytest.raises(AuthenticationFailed):
        await strict.verify(token(headers={"typ": "JWT"}))
    await strict.close()


async def test_a_token_that_is_good_for_too_long_is_refused(verifier: TokenVerifier) -> None:
    now = int(time.time())
    person = await verifier.verify(token(exp=now + 86_000))
    assert person.expires_at == now + 86_000
    with pytest.raises(AuthenticationFailed):
        await verifier.verify(token(exp=now + 90_000))


_ODD: list[Any] = ["x", "9999999999", "1" * 5_000, "", True, [], {}, [1], {"a": 1}, 1.5, -1, 10**400, float("inf")]
_ODD += [float("-inf"), float("nan"), "a\0b", "\ud800"]


@pytest.mark.parametrize("value", _ODD, ids=lambda value: repr(value)[:12])
@pytest.mark.parametrize("claim", ["exp", "iat", "nbf", "iss", "aud", "sub", "name", "jti", "nonce"])
async def test_a_claim_of_any_type_is_taken_or_refused(verifier: TokenVerifier, claim: str, value: Any) -> None:
    try:
        person = await verifier.verify(_signed({claim: value}))
    except AuthenticationFailed:
        return
    assert (person.subject.isprintable(), person.name.isprintable()) == (True, True)
    assert claim not in ("exp", "sub", "iss") or isinstance(value, (int, float) if claim == "exp" else str)


@pytest.mark.parametrize("value", _ODD, ids=lambda value: repr(value)[:12])
@pytest.mark.parametrize("name", ["kid", "typ", "alg", "crit", "b64", "cty"])
async def test_a_header_of_any_type_is_taken_or_refused(verifier: TokenVerifier, name: str, value: Any) -> None:
    with contextlib.suppress(AuthenticationFailed):
        await verifier.verify(_signed({}, {name: value}))


@pytest.mark.parametrize(
    "document", ["[" * 6_000, '{"a":' * 2_000, "1" * 6_000, "[]", "null", '"x"', "{", '{"alg":{}}']
)
async def test_a_token_of_any_shape_is_refused(verifier: TokenVerifier, document: str) -> None:
    head = _written({"alg": "EdDSA", "kid": "EdDSA", "typ": "at+jwt"})
    for text in (
        f"{_base64(document)}.{_base64('{}')}.AA",
        f"{head}.{_base64(document)}.AA",
        _with_signature(document),
    ):
        with pytest.raises(AuthenticationFailed):
            await verifier.verify(text)


def _signed(claims: dict[str, Any], head: dict[str, Any] | None = None) -> str:
    """Written and signed by hand: the library refuses to write what it may have to read."""
    body = jwt.decode(token(), options={"verify_signature": False}) | claims
    return _with_signature(json.dumps(body), head)


def _with_signature(body: str, head: dict[str, Any] | None = None) -> str:
    message = f"{_written({'alg': 'EdDSA', 'kid': 'EdDSA', 'typ': 'at+jwt'} | (head or {}))}.{_base64(body)}"
    signature = base64.urlsafe_b64encode(KEYS["EdDSA"].sign(message.encode())).rstrip(b"=").decode()
    return f"{message}.{signature}"


def _written(value: dict[str, Any]) -> str:
    return _base64(json.dumps(value))


def _base64(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
