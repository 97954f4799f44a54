from collections.abc import AsyncIterator

import pytest
from sse_starlette import ServerSentEvent

from services.notifier.streams import Streams
from shared.auth import Person
from shared.errors import TooMany
from shared.http import problem_of

IVY, SAM = Person("ivy", "Ivy"), Person("sam", "Sam")


async def events() -> AsyncIterator[ServerSentEvent]:
    while True:
        yield ServerSentEvent(data="x")


async def test_one_person_holds_only_so_many_streams_open() -> None:
    streams = Streams(most=2)
    held = [streams.counted(IVY, events()) for _ in range(2)]
    for one in held:
        streams.require_room(IVY)
        await anext(one)
    with pytest.raises(TooMany) as refused:
        streams.require_room(IVY)
    assert problem_of(refused.value).status == 429
    streams.require_room(SAM)
    await held[0].aclose()
    streams.require_room(IVY)
    await held[1].aclose()
    assert not streams.open
