import asyncio

import pytest

from shared.health import Health
from shared.workers import Worker


async def test_a_step_runs_again_at_once_while_there_is_work() -> None:
    work, empty = list(range(5)), asyncio.Event()

    async def step() -> bool:
        if not work:
            empty.set()
            return False
        work.pop()
        return True

    async with Worker("w", step, health=Health(), poll_seconds=3600), asyncio.timeout(10):
        await empty.wait()


@pytest.mark.parametrize("error", [ConnectionResetError("secret"), ZeroDivisionError("secret")])
async def test_an_error_is_told_and_tried_again(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    health, tries, done = Health(), 0, asyncio.Event()
    told: list[list[str]] = []

    async def step() -> bool:
        nonlocal tries
        tries += 1
        if tries <= 2:
            raise error
        if tries == 3:
            told.append(health.ready())
            return True
        done.set()
        return False

    async with Worker("w", step, health=health, poll_seconds=3600), asyncio.timeout(10):
        await done.wait()
        assert len(told[0]) == 1
        assert health.ready() == []
    assert health.ready() == []
    assert "secret" not in capsys.readouterr().out


async def test_a_pause_between_two_looks_is_no_lack_of_progress() -> None:
    health, empty = Health(), asyncio.Event()

    async def step() -> bool:
        empty.set()
        return False

    async with Worker("w", step, health=health, poll_seconds=3600, limit_seconds=0), asyncio.timeout(10):
        await empty.wait()
        await asyncio.sleep(0)
        assert health.ready() == []


async def test_on_leaving_the_running_step_may_end() -> None:
    begun, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def step() -> bool:
        begun.set()
        await may_end.wait()
        ended.set()
        return True

    async with Worker("w", step, health=Health()):
        await begun.wait()
        asyncio.get_running_loop().call_soon(may_end.set)  # when leaving has begun
    assert ended.is_set()


async def test_a_step_that_does_not_end_is_cut_off() -> None:
    begun = asyncio.Event()
    codes: list[int] = []

    async def step() -> bool:
        begun.set()
        await asyncio.Event().wait()
        return True

    async with Worker("w", step, health=Health(codes.append), drain_seconds=0.05):
        await begun.wait()
    assert codes == []


async def test_a_stray_cancellation_ends_the_process() -> None:
    ended = asyncio.Event()
    codes: list[int] = []

    def leave(code: int) -> None:
        codes.append(code)
        ended.set()

    async def step() -> bool:
        raise asyncio.CancelledError

    async with Worker("w", step, health=Health(leave)), asyncio.timeout(10):
        await ended.wait()
    assert codes == [70]
