import functools
import os
import subprocess
import sys
import tempfile
from itertools import count
from pathlib import Path

import pytest

from stack import ports

_RANGE = 10
_THE_OTHER = """
import sys
from stack import ports
ports._FIRST, ports._LAST = int(sys.argv[1]), int(sys.argv[2])
print(*(ports.free_port() for _ in range(int(sys.argv[3]))), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[int, int]:
    """First and last of ten ports that nothing listens on, with reservations that nobody else makes."""
    first = next(
        first
        for first in count(ports._FIRST, _RANGE)
        if all(ports._is_free(port) for port in range(first, first + _RANGE))
    )
    file = functools.cache(ports._reservations.__wrapped__)  # the servers of this session keep theirs
    for name, value in {"_FIRST": first, "_LAST": first + _RANGE - 1, "_given": set(), "_reservations": file}.items():
        monkeypatch.setattr(ports, name, value)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return first, first + _RANGE - 1


def _another(few: tuple[int, int], wanted: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", _THE_OTHER, *map(str, (*few, wanted))]
    environment = os.environ | {"TMPDIR": tempfile.gettempdir()}
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)  # ours


def test_two_processes_are_never_given_the_same_port(few: tuple[int, int]) -> None:
    with _another(few, _RANGE // 2) as other:
        assert other.stdout is not None
        theirs = set(map(int, other.stdout.readline().split()))
        mine = {ports.free_port() for _ in range(_RANGE - len(theirs))}
        with pytest.raises(RuntimeError, match="No free port"):
            ports.free_port()
        other.communicate()
    assert len(theirs) == _RANGE // 2
    assert not theirs & mine
    assert ports.free_port() in theirs, "given back when the other process ended"
