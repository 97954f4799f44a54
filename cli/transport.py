"""Requests of the command line: what goes wrong with one is told as every command tells it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Unpack

from cli.errors import CommandError, NotNowError, UnreachableError
from customer_import_client import Refused, Transport, Unreachable
from customer_import_client.transport import Request

_PASSING = (502, 503, 504)  # something behind it does not answer now
_NOT_NOW = (401, 429)


class ToldTransport(Transport):
    """Raises CommandError, caused by what the client raises."""

    def call(self, method: str, path: str, **request: Unpack[Request]) -> Any:
        with told(self.address):
            return super().call(method, path, **request)

    @contextmanager
    def stream(self, method: str, path: str, **request: Unpack[Request]) -> Iterator[Iterator[bytes]]:
        with told(self.address), super().stream(method, path, **request) as pieces:
            yield pieces


@contextmanager
def told(address: str) -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        raise _problem(refused) from refused
    except Unreachable as unreachable:
        raise UnreachableError(
            f"{address} does not respond ({unreachable})",
            remedy="Start the system with `make up`, or set CUSTOMER_IMPORT_MAPPING_URL and CUSTOMER_IMPORT_STATUS_URL",
        ) from unreachable


def _problem(refused: Refused) -> CommandError:
    kind = _kind(refused.status)
    if not refused.problem:
        return kind(f"The server responded with {refused.status}")
    problems = refused.problem.get("problems") or [refused.problem]
    remedies = dict.fromkeys(problem.get("remedy") or "" for problem in problems)
    return kind("\n".join(map(_line, problems)), remedy="\n".join(remedies))


def _kind(status: int) -> type[CommandError]:
    if status in _PASSING:
        return UnreachableError
    return NotNowError if status in _NOT_NOW else CommandError


def _line(problem: Any) -> str:
    text = problem.get("message") or problem.get("title") or "The request was refused"
    place = f" [{problem['place']}]" if problem.get("place") else ""
    return f"{problem.get('code', '')}: {text}{place}"
