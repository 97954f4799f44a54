"""What the figures were measured on, and what its processes held."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from stack.processes import Child


def described() -> str:
    """Date, processor, cores and memory, in a line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return f"{datetime.now(UTC):%Y-%m-%d}; {_processor()}, {os.cpu_count()} cores, {memory:.0f} GB"


def load() -> float:
    """How many processes wanted a core in the last minute: others may share the machine."""
    return os.getloadavg()[0]


def processor_seconds() -> float:
    """Of this process and all it started, also of those that have ended: what others do beside it is not in it."""
    spent: dict[int, float] = {}
    parents: dict[int, int] = {}
    for process in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if process.name.isdigit():
                told = (process / "stat").read_text().rpartition(")")[2].split()
                parents[int(process.name)] = int(told[1])
                spent[int(process.name)] = sum(map(int, told[11:15])) / os.sysconf("SC_CLK_TCK")
    return sum(spent[one] for one in spent if os.getpid() in _ancestry(one, parents))


def _ancestry(process: int, parents: Mapping[int, int]) -> Iterator[int]:
    while process in parents:
        yield process
        process = parents[process]


def peaks(children: Mapping[str, Child]) -> dict[str, float]:
    """The most memory that each running process ever held, in MB."""
    found = {}
    for name, child in children.items():
        with contextlib.suppress(OSError):
            found[name] = _peak(Path(f"/proc/{child.pid}/status"))
    return found


def _peak(status: Path) -> float:
    return _number(status.read_text(), "VmHWM") / 1024


def _number(text: str, name: str) -> float:
    return next((float(line.split()[1]) for line in text.splitlines() if line.startswith(name)), 0.0)


def _processor() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return "unknown processor"
