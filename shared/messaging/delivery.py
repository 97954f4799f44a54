"""A message as it came, before anyone knows whether it means anything."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self
from uuid import UUID

import orjson
from aiokafka import ConsumerRecord

EVENT_ID_HEADER: Final = "event-id"
AUTHORIZATION_HEADER: Final = "authorization"
_SECRET_HEADER: Final = re.compile(r"authorization|cookie|token|secret|password|api-?key")
_WORD: Final = re.compile(rb"[A-Za-z0-9_.-]{20,}")
_DOTS_OF_A_TOKEN: Final = 2


@dataclass(frozen=True, slots=True)
class Delivery:
    """One record of a topic. Header names are in lower case; what could not be read in a header is escaped."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers_readable: bool = True
    by_hand: bool = False  # a dead letter that a person sends again: nobody vouches for what it asks for

    @classmethod
    def of(cls, record: "ConsumerRecord[Any, Any]") -> Self:
        """Never fails: what is wrong with a message is for the handling to say."""
        return cls(
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            key=record.key,
            body=record.value or b"",
            headers={_storable(name).lower(): _text(value) for name, value in record.headers},
            headers_readable=all(_is_text(value) for _, value in record.headers),
        )

    @property
    def event_id(self) -> UUID | None:
        """What the message says its event is, even where it cannot be read otherwise."""
        try:
            return UUID(self.headers.get(EVENT_ID_HEADER) or orjson.loads(self.body)["event_id"])
        except (ValueError, TypeError, KeyError, AttributeError, IndexError):
            return None

    @property
    def storable_headers(self) -> dict[str, str]:
        """The headers without those that must never be kept, whatever a producer calls them."""
        return {name: value for name, value in self.headers.items() if not _SECRET_HEADER.search(name)}

    @property
    def storable_body(self) -> bytes:
        """The body without what looks like a signed token."""
        return _WORD.sub(_without_token, self.body)


def _without_token(word: re.Match[bytes]) -> bytes:
    return b"[token]" if b"eyJ" in word[0] and word[0].count(b".") >= _DOTS_OF_A_TOKEN else word[0]


def _is_text(value: bytes | None) -> bool:
    try:
        (value or b"").decode()
    except UnicodeDecodeError:
        return False
    return True


def _text(value: bytes | None) -> str:
    return _storable((value or b"").decode(errors="backslashreplace"))


def _storable(text: str) -> str:
    return text.replace("\0", "\\x00")  # Postgres holds every character but this one
