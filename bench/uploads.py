"""A large file uploaded in parts, as a ratio to the same file in one request; without a network between them."""

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from typing import Final
from uuid import uuid4

import asyncpg

from bench import machine
from bench.data import make_biller
from customer_import_client import Operations, Outgoing, Transport, upload
from stack.embedded import EmbeddedStack, Parts
from stack.run_directory import RunDirectory

_PARTS: Final = Parts.EVERYTHING & ~Parts.DEMO_DATA
_MEGABYTE: Final = 1_000_000
_PIECE: Final = b"".join(b"%09d,CUSTOMER %d,new%d@example.org\r\n" % (n, n, n) for n in range(20_000))
_HEADER: Final = b"Cust No,Name,Email\r\n"


async def measure(megabytes: int, rounds: int) -> None:
    """Upload in pairs, one after the other, and print medians."""
    async with EmbeddedStack(RunDirectory.create(), _PARTS, executors=1, progress=_say) as stack:
        connection = await asyncpg.connect(stack.postgres.dsn())
        biller = await make_biller(connection, "Bench", 1_000)
        await connection.close()
        api = Operations(Transport(stack.service_url("mapping"), await stack.token("ivy")))
        whole, parts = await asyncio.to_thread(_pairs, api, biller.id, megabytes * _MEGABYTE, rounds)
    print(f"\n{megabytes} MB, {rounds} pairs; {machine.described()}, load {machine.load():.1f}")
    for name, seconds in (("one request", whole), ("parts", parts)):
        print(f"{name:24}{median(seconds):>8.2f} s")
    print(f"{'ratio':24}{median(part / one for part, one in zip(parts, whole, strict=True)):>8.2f}")


def _pairs(api: Operations, biller_id: int, size: int, rounds: int) -> tuple[list[float], list[float]]:
    whole, parts = list[float](), list[float]()
    for _ in range(rounds):
        file = Outgoing(f"{uuid4()}.csv", size)
        whole.append(_timed(partial(api.upload_file, biller_id, _content(size), name=file.name)))
        parts.append(_timed(partial(upload, api, biller_id, file, _content(size))))
    return whole, parts


def _content(size: int) -> Iterator[bytes]:
    yield _HEADER
    left = size - len(_HEADER)
    while left > 0:
        yield _PIECE[:left]
        left -= len(_PIECE)


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
