"""A record that cannot be opened is set aside without a word of trouble, unless it cannot be set aside either."""

from typing import Any

from aiokafka import TopicPartition

from shared.messaging.reading import Reader

_PLACE = TopicPartition("topic", 0)
_DAMAGED = UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no text")


class Consumer:
    """Has one record that cannot be opened, and then a good one."""

    def __init__(self) -> None:
        self.place = 0

    async def getone(self) -> str:
        if self.place == 0:
            raise _DAMAGED
        return "good"

    def assignment(self) -> set[TopicPartition]:
        return {_PLACE}

    async def end_offsets(self, _: object) -> dict[TopicPartition, int]:
        return {_PLACE: 2}

    async def position(self, _: object) -> int:
        return self.place

    async def getmany(self, *_: object, **__: object) -> object:
        raise _DAMAGED

    def seek(self, _: object, place: int) -> None:
        self.place = place

    async def commit(self, _: object) -> None: ...


async def _read(failures: int) -> list[str]:
    told: list[str] = []
    left = [LookupError()] * failures

    async def keep(*_: object) -> None:
        if left:
            raise left.pop()

    consumer: Any = Consumer()
    assert str(await Reader(keep, told.append).next(consumer)) == "good"
    return told


async def test_a_record_that_is_set_aside_at_once_makes_nobody_look_unready() -> None:
    assert set(await _read(failures=0)) == {""}


async def test_a_record_that_cannot_be_set_aside_is_told_until_it_is() -> None:
    told = await _read(failures=1)
    assert told[0] == "A message cannot be opened"
    assert told[-1] == ""
