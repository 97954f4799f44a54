"""Signing in: at the token issuer of the embedded stack, or at any OpenID provider by the code flow."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final
from urllib.parse import urlencode

import httpx
import jwt
from fastapi import APIRouter, Query, Request
from jwt.types import Options
from starlette.responses import Response

from shared import people
from shared.audit import SYSTEM, Act, record
from shared.auth import NOT_A_TOKEN, AuthenticationFailed, KeySetUnavailable, TokenVerifier, verified_email
from shared.http import Problem
from shared.logging import get_logger
from shared.web import open_sessions
from shared.web.pages import Form, host_of, origin_of, render, see_other, web_of
from shared.web.session import Session
from shared.web.settings import WebSettings

router = APIRouter()
_SECONDS: Final = 5.0
Wanted = Annotated[str, Query(alias="next")]
_LIFETIME: Final = 3600
_LEEWAY: Final = 10
_REFUSALS: Final = (400, 401, 403)  # of a code or of a client; the provider is there
_DISCOVERY: Final = "/.well-known/openid-configuration"
_CALLBACK: Final = "/sign-in/callback"

log = get_logger()


@dataclass(frozen=True, slots=True)
class Issued:
    """What an issuer gave."""

    token: str
    email: str = ""
    verified_email: str = ""
    seconds: int = _LIFETIME


@router.get("/sign-in")
async def show_sign_in(request: Request, wanted: Wanted = "/", ended: str = "") -> Response:
    web = web_of(request)
    session = web.sessions.read(request) or Session()
    people = await _people(web.settings) if web.settings.sign_in == "development" else []
    target = safe_target(wanted, web.settings)
    how = web.settings.sign_in
    response = render(
        request, "sign_in.html", next=target, people=people, how=how, csrf=session.csrf, has_ended=bool(ended)
    )
    web.sessions.write(response, session)
    return response


@router.post("/sign-in")
async def sign_in(request: Request, form: Form) -> Response:
    """Sign in as one of the people of the embedded stack."""
    web = web_of(request)
    if web.settings.sign_in != "development":
        raise Problem(404, "not_found", "There is no such page")
    issued = await _development_token(web.settings, str(form.get("person", "")))
    return await _enter(request, issued, safe_target(str(form.get("next", "/")), web.settings))


@router.post("/sign-out")
async def sign_out(request: Request, _form: Form) -> Response:
    """End the session, wherever its cookie is, and the one at the provider."""
    web = web_of(request)
    if (session := web.sessions.read(request)) is not None:
        await _end(request, session)
    response = see_other(await _farewell(web.settings))
    web.sessions.clear(response)
    return response


async def _end(request: Request, session: Session) -> None:
    verifier: TokenVerifier = host_of(request).verifier
    try:
        actor = (await verifier.verify(session.token)).subject
    except (AuthenticationFailed, KeySetUnavailable):  # a session may outlive its token
        actor = SYSTEM
    async with host_of(request).context.database.transaction() as connection:
        await open_sessions.end(connection, session)
        await record(connection, Act.SIGNED_OUT, actor)


async def _farewell(settings: WebSettings) -> str:
    """Where to go after signing out: the provider's own sign-out, where it has one and answers."""
    back = f"{settings.wizard_url}/sign-in"
    if settings.sign_in != "oidc":
        return back
    try:
        address = str((await _discovered(settings)).get("end_session_endpoint", ""))
    except Problem:
        return back
    if not address or origin_of(address) != origin_of(settings.oidc_issuer):
        return back
    asked = {"client_id": settings.oidc_client_id, "post_logout_redirect_uri": back}
    return f"{address}?{urlencode(asked)}"


@router.get("/sign-in/provider")
async def go_to_provider(request: Request, wanted: Wanted = "/") -> Response:
    """Start the code flow, with proof key, state and nonce kept in the sealed session."""
    web = web_of(request)
    if web.settings.sign_in != "oidc":
        raise Problem(404, "not_found", "There is no such page")
    pending = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    pending["next"] = safe_target(wanted, web.settings)
    provider = await _discovered(web.settings)
    response = see_other(f"{provider['authorization_endpoint']}?{urlencode(_question(web.settings, pending))}")
    web.sessions.write(response, replace(web.sessions.read(request) or Session(), pending=pending))
    return response


@router.get(_CALLBACK)
async def come_back(request: Request, code: str = "", state: str = "", error: str = "") -> Response:
    """The provider sends the person back."""
    web = web_of(request)
    session = web.sessions.read(request)
    pending = session.pending if session else {}
    if not state or not secrets.compare_digest(pending.get("state", "").encode(), state.encode()):
        raise _failed()
    if error == "access_denied":
        raise Problem(403, "sign_in_refused", "You were not signed in", remedy="Ask your administrator for access")
    if not code:
        raise _failed()
    return await _enter(request, await _exchanged(web.settings, code, pending), pending["next"])


def safe_target(target: str, settings: WebSettings) -> str:
    """Where to go after signing in: our own pages only."""
    if any(url and target.startswith(f"{url}/") for url in (settings.wizard_url, settings.status_url)):
        return target
    own = target.startswith("/") and not target.startswith("//") and "\\" not in target and target.isprintable()
    return settings.wizard_url + target if own else f"{settings.wizard_url}/"


async def _enter(request: Request, issued: Issued, target: str) -> Response:
    web = web_of(request)
    verifier: TokenVerifier = host_of(request).verifier
    try:
        person = await verifier.verify(issued.token)
    except AuthenticationFailed:
        log.warning("sign_in_refused")
        raise _failed() from None
    async with host_of(request).context.database.transaction() as connection:
        await record(connection, Act.SIGNED_IN, person.subject, detail={"how": web.settings.sign_in})
        await people.remember(connection, person, issued.verified_email)
    session = Session().signed_in(issued.token, name=person.name, email=issued.email, seconds=issued.seconds)
    response = see_other(target)
    web.sessions.write(response, session)
    return response


async def _people(settings: WebSettings) -> list[dict[str, Any]]:
    found = await _asked("GET", f"{settings.sign_in_url}/people")
    return list(found)


async def _development_token(settings: WebSettings, person: str) -> Issued:
    known = {one["person"]: one for one in await _people(settings)}
    if person not in known:
        raise Problem(
            422, "unknown_person", "No person with that name can sign in", remedy="Choose a person from the list"
        )
    answer = await _asked("POST", f"{settings.sign_in_url}/token", json={"person": person})
    email = str(known[person].get("email", ""))
    return Issued(answer["access_token"], email, email, int(answer["expires_in"]))


async def _discovered(settings: WebSettings) -> dict[str, Any]:
    return dict(await _asked("GET", settings.oidc_issuer + _DISCOVERY))


def _question(settings: WebSettings, pending: dict[str, str]) -> dict[str, str]:
    proof = hashlib.sha256(pending["verifier"].encode()).digest()
    return {
        "response_type": "code",
        "client_id": settings.oidc_client_id,
        "redirect_uri": settings.wizard_url + _CALLBACK,
        "scope": settings.oidc_scopes,
        "state": pending["state"],
        "nonce": pending["nonce"],
        "code_challenge": base64.urlsafe_b64encode(proof).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }


async def _exchanged(settings: WebSettings, code: str, pending: dict[str, str]) -> Issued:
    provider = await _discovered(settings)
    answer = await _asked(
        "POST",
        provider["token_endpoint"],
        data={
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": settings.wizard_url + _CALLBACK,
            "code_verifier": pending["verifier"],
        },
        auth=(settings.oidc_client_id, settings.oidc_client_secret.get_secret_value()),
    )
    identity = _identity(answer, audience=settings.oidc_client_id, issuer=provider["issuer"])
    if identity.get("nonce") != pending["nonce"]:
        raise _failed()
    return Issued(
        str(answer.get("access_token", "")),
        str(identity.get("email", "")),
        verified_email(identity),
        int(answer.get("expires_in", _LIFETIME)),
    )


def _identity(answer: dict[str, Any], *, audience: str, issuer: str) -> dict[str, Any]:
    # It comes straight from the provider over TLS, so its signature need not be looked at (OIDC 3.1.3.7).
    unsigned: Options = {"verify_signature": False, "verify_aud": True, "verify_iss": True, "verify_exp": True}
    try:
        found: dict[str, Any] = jwt.decode(
            str(answer.get("id_token", "")), audience=audience, issuer=issuer, leeway=_LEEWAY, options=unsigned
        )
    except NOT_A_TOKEN:
        raise _failed() from None
    return found


async def _asked(method: str, url: str, **values: Any) -> Any:
    try:
        async with httpx.AsyncClient(timeout=_SECONDS, trust_env=False) as client:
            answer = await client.request(method, url, **values)
            if answer.status_code in _REFUSALS:
                log.warning("sign_in_refused")
                raise _failed()
            answer.raise_for_status()
            return answer.json()
    except (httpx.HTTPError, ValueError):
        log.warning("sign_in_unavailable")
        raise Problem(503, "sign_in_unavailable", "Sign-in is not responding", remedy="Try again in a moment") from None


def _failed() -> Problem:
    return Problem(403, "sign_in_failed", "Sign-in failed", remedy="Try again")
