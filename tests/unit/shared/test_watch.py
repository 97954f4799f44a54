"""What counts as progress of a consumer; a stuck one is ended by the watchdog only because its pulse stays away."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition

from shared.health import Health
from shared.messaging.consumer import _Watch
from shared.messaging.metrics import LAG
from tests.support.alerts import alerts

FIRST, SECOND = TopicPartition("topic", 0), TopicPartition("topic", 1)


@dataclass
class Consumer:
    """Where it stands on its partitions, and where they end."""

    positions: dict[TopicPartition, int]
    ends: dict[TopicPartition, int]
    fails: set[str] = field(default_factory=set)

    async def topics(self) -> set[str]:
        self._answer("topics")
        return {"topic"}

    def assignment(self) -> set[TopicPartition]:
        return set(self.ends)

    async def end_offsets(self, partitions: set[TopicPartition]) -> Mapping[TopicPartition, int]:
        self._answer("end_offsets")
        return {partition: self.ends[partition] for partition in partitions}

    async def position(self, partition: TopicPartition) -> int:
        self._answer("position")
        return self.positions[partition]

    def _answer(self, name: str) -> None:
        if name in self.fails:
            raise ConnectionError(name)


class Watched:
    """A consumer that is looked at; each look says whether the pulse was beaten, and with which problem."""

    def __init__(self, consumer: Consumer) -> None:
        self.consumer = consumer
        self.taken = 0
        self.beats: list[str] = []
        pulse: Any = SimpleNamespace(beat=lambda problem="": self.beats.append(problem))
        subscriber: Any = SimpleNamespace(consumer=consumer, tasks=[])
        self._watch = _Watch(subscriber, pulse, Health(), asyncio.Event(), lambda: self.taken)

    async def look(self) -> list[str]:
        self.beats.clear()
        await self._watch._look(self.consumer)
        return list(self.beats)


@pytest.fixture
def behind() -> Watched:
    """Something is there to read, and the first look is over."""
    return Watched(Consumer({FIRST: 5, SECOND: 7}, {FIRST: 9, SECOND: 7}))


async def test_what_stands_still_behind_the_end_makes_no_progress(behind: Watched) -> None:
    await behind.look()
    assert await behind.look() == []
    assert await behind.look() == []


async def test_reading_on_is_progress(behind: Watched) -> None:
    await behind.look()
    behind.consumer.positions[FIRST] = 6
    assert await behind.look() == [""]
    assert await behind.look() == []


async def test_a_message_that_comes_back_is_progress(behind: Watched) -> None:
    await behind.look()
    behind.taken += 1
    assert await behind.look() == [""]


async def test_one_with_nothing_to_read_is_well(behind: Watched) -> None:
    behind.consumer.positions[FIRST] = 9
    assert await behind.look() == [""]
    assert await behind.look() == [""]


@pytest.mark.parametrize("call", ["topics", "end_offsets"])
async def test_a_broker_that_is_away_is_told_and_is_no_fault_of_the_consumer(behind: Watched, call: str) -> None:
    behind.consumer.fails.add(call)
    assert await behind.look() == ["Kafka is not reachable"]


async def test_where_the_position_is_not_known_nothing_is_said(behind: Watched) -> None:
    behind.consumer.fails.add("position")
    assert await behind.look() == []


async def test_messages_that_are_not_read_are_told_until_they_are_or_others_have_them() -> None:
    limit = int(alerts()["MessagesUnread"].limit)
    watched = Watched(Consumer({FIRST: 5, SECOND: 0}, {FIRST: 5, SECOND: limit + 1}))
    await watched.look()
    assert LAG.labels("topic")._value.get() == limit + 1
    assert alerts()["MessagesUnread"].fires
    watched.consumer.ends = {}
    await watched.look()
    assert LAG.labels("topic")._value.get() == 0
    assert not alerts()["MessagesUnread"].fires
