"""The processes below a process, for signals that must reach those which left its group."""

import contextlib
import os
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")


def signal_tree(pid: int, number: int) -> None:
    for member in [pid, *_descendants(pid)]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(member, number)


def _descendants(pid: int) -> list[int]:
    children: dict[int, list[int]] = defaultdict(list)
    for child, parent in _pids_with_parents():
        children[parent].append(child)
    found = list(children[pid])
    for member in found:  # grows while it is walked
        found.extend(children[member])
    return found


def _pids_with_parents() -> Iterator[tuple[int, int]]:
    return _from_proc() if (_PROC / "self" / "stat").exists() else _from_ps()


def _from_proc() -> Iterator[tuple[int, int]]:
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                # The name in parentheses may hold spaces and parentheses; the parent is the second field after it.
                fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
                yield int(entry.name), int(fields[1])


def _from_ps() -> Iterator[tuple[int, int]]:
    listing = subprocess.run(["/bin/ps", "-A", "-o", "pid=,ppid="], check=True, capture_output=True, text=True)
    for line in listing.stdout.splitlines():
        child, parent = line.split()
        yield int(child), int(parent)
