"""What traces cost while they are off: each call that services make then, against the same loop without it."""

import time
from collections.abc import Callable
from statistics import median
from typing import Final

from shared import tracing

_CALLS: Final = 200_000
_ROUNDS: Final = 9
_NANOSECONDS: Final = 1e9
_OF_A_BATCH: Final = 45  # spans of a batch, most of them its statements


def measure() -> None:
    """Prints nanoseconds a call, and what those of a batch come to. No row of an import makes a call."""
    if tracing.is_on():
        raise RuntimeError("Traces are on")
    costs = {name: _cost(loop) for name, loop in _LOOPS.items()}
    for name, cost in costs.items():
        print(f"{name:12} {cost:5.0f} ns a call")
    dearest = max(costs.values())
    print(f"A batch, {_OF_A_BATCH} of the dearest: {_OF_A_BATCH * dearest / 1000:.0f} µs")


def _cost(loop: Callable[[int], None]) -> float:
    """Of one call: pairs of the loop with and without it follow each other, so that both see the same machine."""
    pairs = [_seconds(loop) - _seconds(_empty) for _ in range(_ROUNDS)]
    return median(pairs) / _CALLS * _NANOSECONDS


def _seconds(loop: Callable[[int], None]) -> float:
    began = time.perf_counter()
    loop(_CALLS)
    return time.perf_counter() - began


def _empty(count: int) -> None:
    for _ in range(count):
        pass


def _spans(count: int) -> None:
    for _ in range(count):
        with tracing.span("apply batch", attributes={"import.batch": 1}):
            pass


def _past(count: int) -> None:
    for _ in range(count):
        tracing.past("publish", "producer", 0.1)


def _parents(count: int) -> None:
    for _ in range(count):
        tracing.traceparent()


def _lines(count: int) -> None:
    for _ in range(count):
        tracing.ids()


_LOOPS: Final = {"a span": _spans, "a past span": _past, "an event": _parents, "a log line": _lines}
