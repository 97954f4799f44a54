"""The embedded stack that runs here, by what each start writes into its directory below `.run/` of the checkout."""

import contextlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path

RUNS = Path(__file__).resolve().parent.parent / ".run"
DESCRIPTION = "stack.json"


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


def find_running(runs: Path = RUNS) -> RunningStack | None:
    for directory in newest_first(runs):
        with contextlib.suppress(OSError, ValueError, TypeError):
            stack = RunningStack(**json.loads((directory / DESCRIPTION).read_text()))
            if lives(stack.pid):
                return stack
    return None


def newest_first(runs: Path) -> list[Path]:
    return sorted((path for path in runs.glob("*-*") if path.is_dir()), reverse=True) if runs.exists() else []


def lives(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
