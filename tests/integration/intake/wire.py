"""A wire to a server that a test can cut: after so many bytes, or at once."""

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Loop:
    """An event loop in a thread of its own, for servers beside tests that block."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def close(self) -> None:
        async def ended() -> None:
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.wait(others, timeout=10) if others else None

        self.run(ended())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)


class Wire:
    """Forwards to a port; ``left``: bytes that the server may still send, None for as many as it likes.

    A silent one takes connections and says nothing.
    """

    def __init__(self, loop: Loop, target: int) -> None:
        self.left: int | None = None
        self.is_silent = False
        self._target = target
        self._loop = loop
        self._writers: set[asyncio.StreamWriter] = set()
        self._server = loop.run(asyncio.start_server(self._connected, "127.0.0.1", 0))
        self.port: int = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        async def closed() -> None:
            self._server.close()

        self._loop.run(closed())

    def cut(self) -> None:
        """End what is connected, and let nothing through until ``left`` says otherwise."""

        async def ended() -> None:
            self.left = 0
            for writer in self._writers:
                writer.transport.abort()

        self._loop.run(ended())

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.left == 0:
            writer.close()
            return
        if self.is_silent:
            self._writers.add(writer)
            await reader.read()
            return
        there, back = await asyncio.open_connection("127.0.0.1", self._target)
        self._writers |= {writer, back}
        await asyncio.gather(self._pump(reader, back, is_answer=False), self._pump(there, writer, is_answer=True))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_answer: bool) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(1 << 16):
                if self.left is not None:
                    piece = piece[: self.left]
                    self.left -= len(piece) if is_answer else 0
                if not piece:
                    break
                writer.write(piece)
                await writer.drain()
        writer.close()


class Sending:
    """Answers whoever connects, whatever it asks, with a beginning and then a piece again and again, without end."""

    def __init__(self, loop: Loop, beginning: bytes, piece: bytes, pause: float = 0) -> None:
        self.sent = 0  # bytes
        self._beginning, self._piece, self._pause = beginning, piece, pause
        self._loop = loop
        self._server = loop.run(asyncio.start_server(self._connected, "127.0.0.1", 0))
        self.port: int = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        async def closed() -> None:
            self._server.close()

        self._loop.run(closed())

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(self._beginning)
            while True:
                writer.write(self._piece)
                await writer.drain()
                self.sent += len(self._piece)
                await asyncio.sleep(self._pause)
