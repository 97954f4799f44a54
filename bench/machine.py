"""What the figures were measured on, and what its processes held."""

import contextlib
import os
from collections.abc import Mapping
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
