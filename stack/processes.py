"""Child processes: started with a log of their own, waited for with a time limit, never left behind."""

import asyncio
import atexit
import contextlib
import functools
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from stack.process_tree import signal_tree

_POLL_SECONDS = 0.02
_TAIL_LINES = 15
_REPOSITORY = Path(__file__).resolve().parent.parent


class PartFailedError(RuntimeError):
    """A part of the stack did not start, or died; says which, why, and where its log is."""


@dataclass
class Child:
    """A running child process in a session of its own, its output in `log`."""

    name: str
    log: Path
    process: subprocess.Popen[bytes]
    started: float = field(default_factory=time.monotonic)

    @property
    def pid(self) -> int:
        """Process id, and the id of its process group."""
        return self.process.pid

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def send(self, number: signal.Signals) -> None:
        if self.running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def send_tree(self, number: signal.Signals) -> None:
        if self.running:
            signal_tree(self.pid, number)

    async def stop(self, number: signal.Signals = signal.SIGTERM, *, limit: float = 10.0) -> None:
        self.send(number)
        self.send_tree(signal.SIGCONT)  # a paused process would never see the request
        if not await self._ended_within(limit):
            self.send_tree(signal.SIGKILL)
            await self._ended_within(limit)
        _forget(self.pid)

    async def kill(self) -> None:
        """End it and all below it at once, as a crash of the machine would."""
        self.send_tree(signal.SIGKILL)
        await self._ended_within(10.0)
        _forget(self.pid)

    async def ended(self, *, limit: float) -> int:
        if not await self._ended_within(limit):
            await self.kill()
            raise self.failure(f"did not end within {limit:.0f} s")
        _forget(self.pid)
        return self.process.returncode

    async def _ended_within(self, limit: float) -> bool:
        async for _ in ticks(limit):
            if not self.running:
                return True
        return False

    async def wait_until(self, ready: Callable[[], Awaitable[bool]], *, limit: float) -> None:
        """Poll until `ready` says so; a death or the time limit raises the one error that tells why."""
        async for _ in ticks(limit):
            if await ready():
                return
            if not self.running:
                raise self.failure(f"ended with code {self.process.returncode}")
        raise self.failure(f"was not ready within {limit:.0f} s")

    def failure(self, what: str) -> PartFailedError:
        return PartFailedError(f"{self.name} {what}. Its log, {self.log}, ends with:\n{tail(self.log)}")


def spawn(
    name: str,
    command: Sequence[str | Path],
    log: Path,
    *,
    environment: Mapping[str, str] | None = None,
    directory: Path = _REPOSITORY,
    orphan_signal: signal.Signals = signal.SIGKILL,
) -> Child:
    """Start a command; `orphan_signal` is what it gets when this process dies without having stopped it."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(  # every command line is made by this package
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=directory,
            env={**_inherited_environment(), **(environment or {})},
            start_new_session=True,
        )
    _tell_guardian(f"watch {process.pid} {orphan_signal.value}")
    return Child(name, log, process)


def _inherited_environment() -> dict[str, str]:
    # Settings of another deployment in the caller's shell must not reach the services of this one.
    return {name: value for name, value in os.environ.items() if not name.startswith("IMPORT_")}


async def ticks(limit: float) -> AsyncIterator[None]:
    """Once in a short while, for as many seconds."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        yield
        await asyncio.sleep(_POLL_SECONDS)


async def answers(url: str) -> bool:
    try:
        async with httpx.AsyncClient(timeout=2.0, trust_env=False) as client:
            return (await client.get(url)).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


async def listens(host: str, port: int) -> bool:
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), timeout=2.0)
    except (OSError, TimeoutError):
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


async def stop_all(children: Sequence[Child], *, limit: float = 15.0) -> None:
    await asyncio.gather(*(child.stop(limit=limit) for child in children))


def tail(log: Path, lines: int = _TAIL_LINES) -> str:
    if not log.exists():
        return "(there is no log)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) or "(the log is empty)"


@functools.cache
def _guardian(_owner: int) -> subprocess.Popen[bytes]:
    guardian = subprocess.Popen(  # this package's own file
        [sys.executable, "-I", str(Path(__file__).with_name("guardian.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    if guardian.stdin is not None:
        atexit.register(guardian.stdin.close)  # held until then, whatever becomes of the objects of this module
    return guardian


def _tell_guardian(order: str) -> None:
    # By process id, for a fork of this process must not speak for its parent.
    orders = _guardian(os.getpid()).stdin
    if orders is not None:
        orders.write(f"{order}\n".encode())
        orders.flush()


def _forget(group: int) -> None:
    _tell_guardian(f"forget {group}")
