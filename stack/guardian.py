"""Ends the children of a process that died without ending them itself.

Runs as a process of its own in its own session. Its standard input is a pipe whose other end only the parent holds, so
however the parent dies (Ctrl-C, SIGKILL, out of memory) the pipe closes and the guardian ends every process group it
was told of. Unlike Linux's parent-death signal this reaches whole groups and frozen processes, does not hang on the
thread that forked, and works on macOS too.

Lines it reads: `watch GROUP SIGNAL` and `forget GROUP`.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterable

_GRACE_SECONDS = 5.0


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end(_watched(sys.stdin))


def _watched(lines: Iterable[str]) -> dict[int, int]:
    groups: dict[int, int] = {}
    for line in lines:
        match line.split():
            case ["watch", group, number]:
                groups[int(group)] = int(number)
            case ["forget", group]:
                groups.pop(int(group), None)
            case _:
                continue
    return groups


def end(groups: dict[int, int]) -> None:
    """Send each group its signal; what outlives the grace is killed."""
    for group, number in groups.items():
        _send(group, number)
        _send(group, signal.SIGCONT)
    deadline = time.monotonic() + _GRACE_SECONDS
    while groups and time.monotonic() < deadline:
        groups = {group: number for group, number in groups.items() if _send(group, 0)}
        time.sleep(0.02)
    for group in groups:
        _send(group, signal.SIGKILL)


def _send(group: int, number: int) -> bool:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
        return True
    return False


if __name__ == "__main__":
    main()
