import threading

from shared.health import Health


def test_a_pulse_that_tells_a_problem_is_not_ready() -> None:
    health = Health()
    pulse = health.pulse("worker", 60)
    assert health.ready() == []
    pulse.beat("the database is not reachable")
    assert health.ready() == ["worker: the database is not reachable"]
    pulse.beat()
    assert health.ready() == []


def test_an_overdue_pulse_is_not_ready_and_one_that_ended_does_not_count() -> None:
    health = Health()
    pulse = health.pulse("worker", -1)
    assert health.ready() == ["worker: no progress"]
    pulse.end()
    assert health.ready() == []


async def test_the_watchdog_ends_a_process_that_makes_no_progress() -> None:
    ended = threading.Event()
    codes: list[int] = []

    def leave(code: int) -> None:
        codes.append(code)
        ended.set()

    health = Health(leave)
    health.pulse("worker", -1)
    async with health:
        assert ended.wait(30)  # blocks the event loop, as a stuck part might
    assert codes[0] == 70


def test_the_limit_does_not_run_while_a_part_rests() -> None:
    pulse = Health().pulse("worker", -1)
    pulse.rest(3600)
    pulse.forgive()
    assert not pulse.overdue
    pulse.beat()
    assert pulse.overdue


def test_a_pause_of_the_whole_process_is_forgiven() -> None:
    health = Health()
    pulse = health.pulse("worker", 60)
    pulse._last -= 3600
    assert pulse.overdue
    health._forgive_pause()
    assert not pulse.overdue
