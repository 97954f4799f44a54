"""One directory for each start of the stack, below `.run/` of the checkout, so that two starts do not meet."""

import contextlib
import json
import os
import shutil
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

RUNS = Path(__file__).resolve().parent.parent / ".run"
_KEEP_DEAD = 3
_DESCRIPTION = "stack.json"


@dataclass(frozen=True)
class RunningStack:
    """What `stack.json` says: where everything of a running stack is. It holds no secret."""

    pid: int
    directory: str
    logs: str
    services: dict[str, list[str]] = field(default_factory=dict)  # base URLs by service
    issuer: str | None = None
    kafka_bootstrap: str | None = None
    postgres_port: int | None = None
    mail_directory: str | None = None
    smtp_port: int | None = None
    secure_upload: str | None = None


class RunDirectory:
    """The directory of this start."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.logs = path / "logs"

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
        """Log file of a part."""
        return self.logs / f"{name}.log"

    def describe(self, stack: RunningStack) -> None:
        """Write `stack.json`, whole or not at all."""
        unfinished = self.path / f".{_DESCRIPTION}"
        unfinished.write_text(json.dumps(asdict(stack), indent=2) + "\n")
        unfinished.replace(self.path / _DESCRIPTION)

    def withdraw(self) -> None:
        """Remove `stack.json`: the stack no longer runs; its logs stay."""
        (self.path / _DESCRIPTION).unlink(missing_ok=True)


def find_running(runs: Path = RUNS) -> RunningStack | None:
    """The newest stack whose process lives."""
    for directory in _newest_first(runs):
        with contextlib.suppress(OSError, ValueError, TypeError):
            stack = RunningStack(**json.loads((directory / _DESCRIPTION).read_text()))
            if _lives(stack.pid):
                return stack
    return None


def remove_dead(runs: Path = RUNS, keep: int = _KEEP_DEAD) -> None:
    """Remove directories of dead stacks, all but the newest few."""
    dead = [directory for directory in _newest_first(runs) if not _lives(_owner(directory))]
    for directory in dead[keep:]:
        shutil.rmtree(directory, ignore_errors=True)


def _newest_first(runs: Path) -> list[Path]:
    return sorted((path for path in runs.glob("*-*") if path.is_dir()), reverse=True) if runs.exists() else []


def _owner(directory: Path) -> int:
    number = directory.name.rpartition("-")[2]
    return int(number) if number.isdigit() else 0


def _lives(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
