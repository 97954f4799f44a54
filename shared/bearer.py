"""The person of an HTTP request, by the bearer token that came with it; the same in every service."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from shared.auth import AuthenticationFailed, KeySetUnavailable, Person, TokenVerifier
from shared.http import Problem

_bearer = HTTPBearer(auto_error=False, description="Access token of the CRM's sign-in")


async def authenticated(verifier: TokenVerifier, credentials: HTTPAuthorizationCredentials | None) -> Person:
    try:
        return await verifier.verify("" if credentials is None else credentials.credentials)
    except AuthenticationFailed as failed:
        raise Problem(
            401, "unauthenticated", failed.reason, place="header Authorization", remedy="Sign in again"
        ) from None
    except KeySetUnavailable:
        raise Problem(
            503, "sign_in_unavailable", "Sign-in is not available at the moment", remedy="Try again in a moment"
        ) from None


async def signed_in(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Person:
    """The person of a request to any service's API; whoever starts the service puts its verifier on `app.state`."""
    verifier: TokenVerifier = request.app.state.verifier
    person = await authenticated(verifier, credentials)
    request.state.subject = person.subject
    return person


SignedIn = Annotated[Person, Depends(signed_in)]
