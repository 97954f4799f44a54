"""Free ports on loopback, for servers that must come back on the port they had."""

import fcntl
import functools
import os
import random
import socket
import tempfile
from pathlib import Path
from typing import BinaryIO

LOOPBACK = "127.0.0.1"

# Below the range from which the system takes ports for outgoing connections: a client that keeps knocking while its
# server is down could otherwise be given the server's own port, and the server could not come back.
_FIRST, _LAST = 18_000, 31_999

_given: set[int] = set()
_random = random.SystemRandom()


def free_port() -> int:
    """A port that nothing listens on, given out neither by this process nor by another of this account that lives."""
    for _ in range(200):
        port = _random.randint(_FIRST, _LAST)
        if port not in _given and _reserve(port) and _is_free(port):
            _given.add(port)
            return port
    raise RuntimeError(f"No free port between {_FIRST} and {_LAST} on {LOOPBACK}")


def _reserve(port: int) -> bool:
    # The server's own port is free while it is down: another process would take it then. One byte of a file stands for
    # each port, and the lock falls with the process, however that ends.
    try:
        fcntl.lockf(_reservations(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    return True


@functools.cache
def _reservations() -> BinaryIO:
    return (Path(tempfile.gettempdir()) / f"customer-import-ports-{os.getuid()}").open("ab")


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
