"""One directory for each start of the stack, below `.run/` of the checkout, so that two starts do not meet."""

import json
import os
import shutil
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from cli.running import DESCRIPTION, RUNS, RunningStack, lives, newest_first

_KEEP_DEAD = 3


class RunDirectory:
    """``data`` is where the servers keep theirs, if not in the same folder."""

    def __init__(self, path: Path, *, data: Path | None = None) -> None:
        self.path = path
        self.logs = path / "logs"
        self.data = data or path

    @classmethod
    def create(cls, runs: Path = RUNS) -> "RunDirectory":
        """Make one for this process, after removing what stacks long dead left."""
        runs.mkdir(parents=True, exist_ok=True)
        remove_dead(runs)
        path = runs / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{os.getpid()}"
        path.mkdir(mode=0o700)
        run = cls(path)
        run.logs.mkdir()
        return run

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def describe(self, stack: RunningStack) -> None:
        unfinished = self.path / f".{DESCRIPTION}"
        unfinished.write_text(json.dumps(asdict(stack), indent=2) + "\n")
        unfinished.replace(self.path / DESCRIPTION)

    def withdraw(self) -> None:
        """Remove `stack.json`: the stack no longer runs; its logs stay."""
        (self.path / DESCRIPTION).unlink(missing_ok=True)


def remove_dead(runs: Path = RUNS, keep: int = _KEEP_DEAD) -> None:
    dead = [directory for directory in newest_first(runs) if not lives(_owner(directory))]
    for directory in dead[keep:]:
        shutil.rmtree(directory, ignore_errors=True)


def _owner(directory: Path) -> int:
    number = directory.name.rpartition("-")[2]
    return int(number) if number.isdigit() else 0
