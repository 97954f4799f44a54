"""A large file read as a stream: that memory does not grow with it, and the time as a ratio to the csv module."""

import csv
import io
import itertools
import resource
import time
from collections.abc import Callable, Iterator
from typing import Final

from shared.csvfile import read

_PIECE_ROWS: Final = 20_000
_MEGABYTE: Final = 1024 * 1024
_MOST_MEGABYTES: Final = 48  # beside what the process holds before; a file of any size takes no more
_HEADER: Final = b"Account,Name,Routing,Email,Note\n"


def measure(megabytes: int) -> None:
    """Read a plain and a quoted stream of this size; ends with an error where memory grows."""
    for name, piece in (("plain", _piece("{0}")), ("quoted", _piece('"{0}, ""x"""'))):
        times = megabytes * _MEGABYTE // len(piece)
        before = _held()
        seconds = _timed(_read, _stream(piece, times))
        grown = _held() - before
        floor = _timed(_parse, _stream(piece, times))
        print(f"{name}: {megabytes} MB, {grown:.0f} MB of memory, {seconds / floor:.2f} of the csv module's time")
        if grown > _MOST_MEGABYTES:
            raise SystemExit(f"Reading held {grown:.0f} MB, more than {_MOST_MEGABYTES}")


def _piece(name: str) -> bytes:
    rows = (f"WTR-{n:07d},{name.format(f'NAME {n}')},021000021,u{n}@example.com,n\n" for n in range(_PIECE_ROWS))
    return "".join(rows).encode()


def _stream(piece: bytes, times: int) -> Iterator[bytes]:
    return itertools.chain([_HEADER], itertools.repeat(piece, times))


class _Lines(Iterator[str]):
    """The lines of a stream whose pieces end with a line."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._lines = itertools.chain.from_iterable(io.StringIO(piece.decode(), newline="") for piece in pieces)

    def __next__(self) -> str:
        return next(self._lines)


def _read(stream: Iterator[bytes]) -> None:
    for _ in read(stream):
        pass


def _parse(stream: Iterator[bytes]) -> None:
    for _ in csv.reader(_Lines(stream)):
        pass


def _timed(work: Callable[[Iterator[bytes]], None], stream: Iterator[bytes]) -> float:
    start = time.process_time()
    work(stream)
    return time.process_time() - start


def _held() -> float:
    """The most the process has held so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
