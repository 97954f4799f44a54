"""Who may do what at the broker: a user for each service, with the topics it writes and reads and its own group."""

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import NoError, for_code

from shared.contracts.events import EVENTS
from shared.contracts.topics import Party
from shared.messaging.admin_protocol import AccessEntry, AlterScramCredentials, CreateAcls, Credential
from shared.messaging.kafka import group_of
from shared.messaging.topics import administration
from shared.settings import KafkaSettings

_TOPIC, _GROUP = 2, 3
_LITERAL, _PREFIXED = 3, 4
_READ, _WRITE, _DESCRIBE, _DESCRIBE_CONFIGS = 3, 4, 8, 10
_ALLOW: Final = 3
_ALL_OURS: Final = "customer-import."
_SHA_512: Final = 2
_ITERATIONS: Final = 8_192


def user_of(service: Party) -> str:
    """As its role in the database is called."""
    return f"ci_{service}"


async def ensure_access(settings: KafkaSettings, passwords: Mapping[Party, str]) -> None:
    """Make the users with these passwords (SCRAM-SHA-512), and let each do what its service needs; safe to repeat.

    Raises KafkaError where whoever asks may not, or the broker has no authorizer.
    """
    async with administration(settings) as admin:
        await _send(admin, AlterScramCredentials([_credential(user_of(one), passwords[one]) for one in passwords]))
        await _send(admin, CreateAcls([entry for service in passwords for entry in entries_of(service)]))


def entries_of(service: Party) -> Iterator[AccessEntry]:
    """What a service needs: names and settings of topics too, for `doctor` compares all of them."""
    for event in EVENTS:
        if service in event.topic.producers:
            yield _entry(service, _TOPIC, event.topic.name, _WRITE)
        if service in event.topic.consumers:
            yield _entry(service, _TOPIC, event.topic.name, _READ)
    yield _entry(service, _GROUP, group_of(service), _READ)
    for operation in (_DESCRIBE, _DESCRIBE_CONFIGS):
        yield _entry(service, _TOPIC, _ALL_OURS, operation, _PREFIXED)
    if service == "notifier":  # it shows how far each service is behind
        yield _entry(service, _GROUP, _ALL_OURS, _DESCRIBE, _PREFIXED)


def _entry(service: Party, kind: int, name: str, operation: int, pattern: int = _LITERAL) -> AccessEntry:
    return kind, name, pattern, f"User:{user_of(service)}", "*", operation, _ALLOW


def _credential(user: str, password: str) -> Credential:
    salt = secrets.token_bytes(32)
    salted = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS)
    return user, _SHA_512, _ITERATIONS, salt, salted


async def _send(admin: AIOKafkaAdminClient, request: Any) -> None:
    answer = await admin._send_to_controller(request)  # noqa: SLF001 - aiokafka has no method for these two
    for result in answer.results:
        code = result[0] if isinstance(result[0], int) else result[1]
        if (error := for_code(code)) is not NoError:
            raise error
