"""Which system the command line speaks to, and as whom."""

import os
from dataclasses import dataclass

import httpx

from cli.client import Client
from cli.errors import CommandError
from cli.running import find_running

_SERVICES = ("mapping", "validation", "executor", "notifier")


@dataclass(frozen=True, slots=True)
class System:
    """Addresses of a running system and the person's token."""

    services: dict[str, str]
    token: str

    def client(self) -> Client:
        return Client(self.services["mapping"], self.services["notifier"], self.token)


def find_system(person: str | None) -> System:
    """The system named by the environment, else the newest embedded stack that runs here."""
    named = {service: url for service in _SERVICES if (url := os.environ.get(f"CUSTOMER_IMPORT_{service.upper()}_URL"))}
    if named:
        if status := os.environ.get("CUSTOMER_IMPORT_STATUS_URL"):
            named["notifier"] = status
        return System(named, _token_from_environment())
    return _embedded(person or "ivy")


def _token_from_environment() -> str:
    token = os.environ.get("CUSTOMER_IMPORT_TOKEN")
    if not token:
        raise CommandError("CUSTOMER_IMPORT_TOKEN is not set", remedy="Set it to a token from your identity provider")
    return token


def _embedded(person: str) -> System:
    running = find_running()
    if running is None or running.issuer is None:
        raise CommandError(
            "No system is running here", remedy="Start one with `make up`, or set CUSTOMER_IMPORT_MAPPING_URL"
        )
    try:
        answer = httpx.post(f"{running.issuer}/token", json={"person": person}, timeout=10)
    except httpx.TransportError as error:
        raise CommandError(
            "The development sign-in does not respond", remedy="Restart the system with `make up`"
        ) from error
    if answer.is_error:
        raise CommandError(f"No person is named {person!r} here", remedy="Use --as ivy, paul or sam")
    services = {service: urls[0] for service, urls in running.services.items()}
    return System(services, answer.json()["access_token"])
