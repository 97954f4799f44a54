"""Messages on disk that every later version must decode."""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.event import Event
from shared.contracts.events import EVENTS

_GOLDEN = Path(__file__).parent / "golden"
_FILES = sorted(_GOLDEN.glob("*.json"))


def _event_of(path: Path) -> type[Event]:
    return next(event for event in EVENTS if event.topic.name == path.name.removesuffix(".json").rsplit("-ex", 1)[0])


def _within(example: Any, decoded: Any) -> Any:
    """What the example names, as it was decoded: later versions add fields with a default."""
    if isinstance(example, dict) and isinstance(decoded, dict):
        return {name: _within(value, decoded.get(name)) for name, value in example.items()}
    if isinstance(example, list) and isinstance(decoded, list) and len(example) == len(decoded):
        return list(map(_within, example, decoded))
    return decoded


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.name)
def test_example_decodes_and_keeps_its_values(path: Path) -> None:
    example = json.loads(path.read_text())
    decoded = json.loads(_event_of(path).from_bytes(path.read_bytes()).to_bytes())
    assert _within(example, decoded) == example


def test_every_topic_has_an_example() -> None:
    lacking = [event.topic.name for event in EVENTS if event not in set(map(_event_of, _FILES))]
    assert lacking == [], "write an example, tests/contracts/golden/<topic>.json"


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_unknown_fields_of_a_newer_producer_are_ignored(event: type[Event]) -> None:
    path = next(path for path in _FILES if _event_of(path) is event)
    newer = json.loads(path.read_text()) | {"added_later": {"a": 1}}
    assert event.from_bytes(json.dumps(newer).encode()) == event.from_bytes(path.read_bytes())


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_topic_record_is_complete(event: type[Event]) -> None:
    topic = event.topic
    assert topic.name.startswith("customer-import.")
    assert topic.name.endswith(".v1")
    assert topic.producers
    assert topic.consumers
    assert topic.partitions > 0
    assert topic.retention.days >= 7


def test_topics_are_distinct() -> None:
    assert len({event.topic.name for event in EVENTS}) == len(EVENTS)
