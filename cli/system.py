"""Which system the command line speaks to, and as whom."""

import os
import time
from dataclasses import dataclass
from typing import Annotated

import httpx
import typer

from cli import profiles
from cli.client import Client
from cli.device_flow import current
from cli.errors import CommandError, UnreachableError
from cli.running import find_running

_PREFIX = "CUSTOMER_IMPORT_"
_VARIABLES = {
    "mapping": f"{_PREFIX}MAPPING_URL",
    "validation": f"{_PREFIX}VALIDATION_URL",
    "executor": f"{_PREFIX}EXECUTOR_URL",
    "notifier": f"{_PREFIX}STATUS_URL",
}
_TOKEN = f"{_PREFIX}TOKEN"
_ISSUED_AT = "CUSTOMER_IMPORT_TOKEN_URL"
_SERVICE_ID = "CUSTOMER_IMPORT_CLIENT_ID"
_SERVICE_PROOF = "CUSTOMER_IMPORT_CLIENT_SECRET"
_URL = "CUSTOMER_IMPORT_URL"
SERVICES = tuple(_VARIABLES)
ENVIRONMENT = {
    _URL: "address of all services, if they have one address; the variables below come before it",
    _VARIABLES["mapping"]: "address of mapping: imports and recipes",
    _VARIABLES["notifier"]: "address of the notifier: status and logs",
    _VARIABLES["validation"]: "address of validation, for `dead-letters`",
    _VARIABLES["executor"]: "address of an executor, for `dead-letters`",
    _TOKEN: "a bearer token of your identity provider",
    _ISSUED_AT: "for a service, instead of a token: where it gets one by its client ID and secret",
    _SERVICE_ID: "its client ID",
    _SERVICE_PROOF: "its client secret",
    profiles.VARIABLE: "the profile to use, as `--profile`; not where an address above is set",
    "XDG_CONFIG_HOME": "where profiles are kept, in customer-import/profiles.json; otherwise ~/.config",
    "NO_COLOR": "anything: no colors",
}
"""What the command line itself reads; `admin` also reads what docs/settings.md lists."""
Person = Annotated[str | None, typer.Option("--as", help="Sign in to the local stack as ivy, paul or sam")]


@dataclass(frozen=True, slots=True)
class System:
    """Addresses of a running system and the person's token."""

    services: dict[str, str]
    token: str

    def client(self) -> Client:
        return Client(self.url("mapping"), self.url("notifier"), self.token)

    def unset(self) -> dict[str, str]:
        return {service: name for service, name in _VARIABLES.items() if service not in self.services}

    def url(self, service: str) -> str:
        """The address of a service; CommandError where the environment does not name it."""
        if service not in _VARIABLES:
            raise CommandError(f"No service is named {service!r}", remedy=f"Use one of: {', '.join(_VARIABLES)}")
        if service not in self.services:
            raise CommandError(f"{_VARIABLES[service]} is not set", remedy=f"Set it to the address of {service}")
        return self.services[service]


def find_system(person: str | None) -> System:
    """The system named by the environment, else of the profile, else the newest embedded stack that runs here."""
    one = os.environ.get(_URL)
    named = dict.fromkeys(SERVICES, one) if one else {}
    named |= {service: url for service, name in _VARIABLES.items() if (url := os.environ.get(name))}
    if former := os.environ.get(f"{_PREFIX}NOTIFIER_URL"):
        named.setdefault("notifier", former)
    if named:
        return System(named, _token_from_environment())
    profile = None if person else _profile()
    return profile or _embedded(person or "ivy")


def _profile() -> System | None:
    """The system that somebody has signed in to, with a token that is still valid; None where there is none."""
    name = profiles.chosen()
    known = profiles.profiles().get(name)
    if known is None:
        if name != profiles.DEFAULT:
            raise CommandError(f"No profile is named {name!r}", remedy="List them with `customer-import profiles`")
        return None
    valid = current(known, time.time())
    if valid != known:
        profiles.save(name, valid)
    return System(dict(valid.services), valid.access_token)


def _token_from_environment() -> str:
    token = os.environ.get(_TOKEN)
    if not token and (url := os.environ.get(_ISSUED_AT)):
        return _token_of_service(url)
    if not token:
        raise CommandError(f"{_TOKEN} is not set", remedy="Set it to a token from your identity provider")
    return token


def _token_of_service(url: str) -> str:
    """Of a service that signs in by itself (the client credentials of OAuth 2)."""
    names = os.environ.get(_SERVICE_ID, ""), os.environ.get(_SERVICE_PROOF, "")
    try:
        answer = httpx.post(url, data={"grant_type": "client_credentials"}, auth=names, timeout=10)
    except httpx.TransportError as error:
        raise UnreachableError("The identity provider does not respond") from error
    if answer.is_server_error:
        raise UnreachableError("The identity provider does not respond")
    if answer.is_error or "access_token" not in answer.json():
        raise CommandError(
            "The identity provider gives no token", remedy=f"Check {_ISSUED_AT}, {_SERVICE_ID} and {_SERVICE_PROOF}"
        )
    return str(answer.json()["access_token"])


def _embedded(person: str) -> System:
    running = find_running()
    if running is None or running.issuer is None:
        raise UnreachableError(
            "No system is running here",
            remedy="Start one with `make up`, or sign in to one with `customer-import login`",
        )
    try:
        answer = httpx.post(f"{running.issuer}/token", json={"person": person}, timeout=10)
    except httpx.TransportError as error:
        raise UnreachableError(
            "The development sign-in does not respond", remedy="Restart the system with `make up`"
        ) from error
    if answer.is_error:
        raise CommandError(f"No person is named {person!r} here", remedy="Use --as ivy, paul or sam")
    services = {service: urls[0] for service, urls in running.services.items()}
    return System(services, answer.json()["access_token"])
