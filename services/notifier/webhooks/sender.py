"""Sends what is due, one request at a time for each system; what is not taken is tried again as emails are."""

import asyncio
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

import httpx

from services.notifier.destinations import Destinations, NotAllowed
from services.notifier.repository import webhooks
from services.notifier.repository.webhooks import Claim
from services.notifier.signing import SecretBox, headers_of
from services.notifier.webhook_views import PAUSED
from shared.logging import get_logger
from shared.messaging import import_span
from shared.postgres import Database
from shared.rights import webhook_rights
from shared.sealing import SealBroken

SEND_SECONDS: Final = 15.0
_LEASE: Final = timedelta(seconds=SEND_SECONDS + 30)

log = get_logger()


class Refused(Exception):
    """The system answered, and did not take it."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Paused(Exception):
    """Nothing is sent while nobody is responsible for the webhook who may manage it."""


@dataclass(frozen=True, slots=True)
class Sender:
    database: Database
    box: SecretBox
    destinations: Destinations
    # Made once: it takes 30 ms, and the event loop would stand still for them at each request.
    tls: ssl.SSLContext = field(default_factory=partial(httpx.create_ssl_context, trust_env=False))

    async def step(self) -> bool:
        """Try one request; False where none is due."""
        async with self.database.transaction() as connection:
            one = await webhooks.claim(connection, _LEASE)
            if one is None:
                return False
            may_be_sent = (await webhook_rights(connection, one.responsible)).cover(one.biller_id)
        async with import_span(self.database, "send webhook", one.import_id, attempt=one.attempts):
            await self._try(one, may_be_sent=may_be_sent)
        return True

    async def _try(self, one: Claim, *, may_be_sent: bool) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._send(one, may_be_sent=may_be_sent)
        except Exception as error:  # noqa: BLE001 - one that cannot be sent must not hold up those behind it
            await self._note(one, error)
            return
        async with self.database.transaction() as connection:
            await webhooks.mark_delivered(connection, one)
        log.info("webhook_delivered", webhook_id=str(one.webhook_id), delivery_id=str(one.id))

    async def _send(self, one: Claim, *, may_be_sent: bool) -> None:
        """To the very address that was looked at: the name is not looked up a second time. Redirects lead nowhere."""
        if not may_be_sent:
            raise Paused
        parts = self.destinations.checked(one.url)
        address = await self.destinations.resolved(parts)
        host = f"[{address}]" if address.version == 6 else str(address)  # noqa: PLR2004 - IPv6
        target = parts._replace(netloc=host if parts.port is None else f"{host}:{parts.port}").geturl()
        sealed = [secret for secret in (one.secret, one.former_secret) if secret is not None]
        secrets = [self.box.unseal(secret, one.webhook_id) for secret in sealed]
        headers = headers_of(secrets, one.id, datetime.now(UTC), one.body)
        headers |= {"host": parts.netloc, "content-type": "application/json", "user-agent": "customer-import"}
        async with (
            httpx.AsyncClient(verify=self.tls, trust_env=False, follow_redirects=False, timeout=SEND_SECONDS) as client,
            client.stream(
                "POST",
                target,
                content=one.body.encode(),
                headers=headers,
                extensions={"sni_hostname": parts.hostname},
            ) as answer,
        ):
            if not answer.is_success:  # what it says beside this is not read, however long
                raise Refused(answer.status_code)

    async def _note(self, one: Claim, error: Exception) -> None:
        problem = _problem_of(error)
        for_ever = isinstance(error, Refused) and error.status == httpx.codes.GONE
        async with self.database.transaction() as connection:
            state = await webhooks.try_again(connection, one, problem, for_ever=for_ever)
        log.warning(
            "webhook_not_delivered",
            webhook_id=str(one.webhook_id),
            delivery_id=str(one.id),
            attempts=one.attempts,
            problem=problem,
            state=state,
        )


def _problem_of(error: Exception) -> str:
    """A status, or what kind of error it is: its text may hold the address."""
    match error:
        case Refused():
            return str(error.status)
        case Paused():
            return PAUSED
        case NotAllowed():
            return f"The address {error.reason}"
        case SealBroken():
            return "The secret can't be opened"
        case _:
            return type(error).__name__
