"""What the events say of their producers and consumers is what the services do."""

import ast
from pathlib import Path

import pytest

from services.notifier.pages.words import EVENTS as HISTORY
from shared.contracts.event import Event, ImportEvent
from shared.contracts.events import EVENTS
from shared.contracts.topics import Party
from tests.support.subscriptions import SUBSCRIPTIONS

_SERVICES = Path(__file__).parents[2] / "services"


def _said_by(service: str) -> set[str]:
    """The events that the sources of a service make."""
    calls = (
        node.func.id
        for path in (_SERVICES / service).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    )
    return {event.__name__ for event in EVENTS} & set(calls)


@pytest.mark.parametrize("service", SUBSCRIPTIONS)
def test_a_service_subscribes_to_exactly_the_events_that_name_it_as_consumer(service: Party) -> None:
    declared = {event for event in EVENTS if service in event.topic.consumers}
    heard: list[type[Event]] = [subscription.event for subscription in SUBSCRIPTIONS[service]]
    assert set(heard) == declared
    assert len(heard) == len(set(heard))


@pytest.mark.parametrize("service", SUBSCRIPTIONS)
def test_a_service_says_exactly_the_events_that_name_it_as_producer(service: Party) -> None:
    assert _said_by(service) == {event.__name__ for event in EVENTS if service in event.topic.producers}


def test_every_party_is_a_service_or_the_crm() -> None:
    parties = {party for event in EVENTS for party in (*event.topic.producers, *event.topic.consumers)}
    assert parties == {*SUBSCRIPTIONS, "crm"}


def test_every_event_of_an_import_has_words_for_its_history() -> None:
    of_imports = {event.__name__: event.history for event in EVENTS if issubclass(event, ImportEvent)}
    assert all(of_imports.values())
    assert of_imports == HISTORY
