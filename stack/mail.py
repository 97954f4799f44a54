"""Mail catcher, `python -m stack.mail --port PORT --directory DIRECTORY`. Keeps messages as files, delivers none."""

import asyncio
import email
import email.policy
import os
import signal
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from aiosmtpd.smtp import SMTP, Envelope, Session

from stack.ports import LOOPBACK

_MAX_BYTES = 32 * 1024 * 1024
_RECIPIENTS_HEADER = "X-Envelope-To"


@dataclass(frozen=True)
class CaughtMail:
    path: Path
    recipients: tuple[str, ...]
    subject: str
    message_id: str


class Catcher:
    """Stores what arrives; called by aiosmtpd."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        """Acknowledge only what is on disk."""
        recipients = ", ".join(envelope.rcpt_tos)
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        await asyncio.to_thread(self._store, f"{_RECIPIENTS_HEADER}: {recipients}\r\n".encode() + content)
        print(f"{datetime.now(UTC):%H:%M:%S} caught a mail for {len(envelope.rcpt_tos)}", flush=True)
        return "250 Caught"

    def _store(self, content: bytes) -> None:
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:8]}"
        unfinished = self._directory / f".{name}"
        unfinished.write_bytes(content)
        unfinished.replace(self._directory / f"{name}.eml")  # a reader sees whole messages only


def caught(directory: Path) -> Iterator[CaughtMail]:
    for path in sorted(directory.glob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        recipients = tuple(part.strip() for part in str(message[_RECIPIENTS_HEADER]).split(","))
        yield CaughtMail(path, recipients, str(message["Subject"] or ""), str(message["Message-ID"] or ""))


async def serve(port: int, directory: Path) -> None:
    loop = asyncio.get_running_loop()
    catcher = Catcher(directory)
    server = await loop.create_server(
        lambda: SMTP(catcher, data_size_limit=_MAX_BYTES, ident="mail catcher", hostname="localhost"), LOOPBACK, port
    )
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with server:
        await stopped.wait()


def main(
    directory: Annotated[Path, typer.Option(help="Where the messages are kept.")],
    port: Annotated[int, typer.Option(help="Port on loopback.")] = 0,
    show: Annotated[bool, typer.Option("--list", help="List what was caught instead of catching.")] = False,
) -> None:
    if show:
        for mail in caught(directory):
            print(f"{os.path.relpath(mail.path)}  {', '.join(mail.recipients)}  {mail.subject}")
    elif port:
        asyncio.run(serve(port, directory))
    else:
        raise typer.BadParameter("Give --port to catch mail, or --list to see what was caught")


if __name__ == "__main__":
    typer.run(main)
