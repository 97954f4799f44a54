"""Python's ``re`` keeps the interpreter for itself: one long search stops every heartbeat of a service.

So no pattern, and no function that looks at what strangers send, may take longer than in proportion to the text.
"""

import itertools
import re
import time
from collections import deque
from collections.abc import Callable, Iterator
from timeit import Timer
from typing import Final

import pytest

from services.validation.domain import methods, values
from shared.csvfile import damage
from shared.csvfile.footers import LONGEST_FOOTER
from shared.csvfile.options import CsvOptions
from shared.csvfile.quoting import QuoteNormalizer, Quoting
from shared.csvfile.records import Splitter
from shared.csvfile.scanner import Scanner
from tests.unit.cost.functions import FILES, FUNCTIONS
from tests.unit.cost.source import Pattern, Used, patterns

_LONG: Final = 64 * 1024
_SHORT: Final = 2048
_MOST_SECONDS: Final = 0.05
_MOST_SECONDS_OF_A_FILE: Final = 0.5  # line by line, and other threads may work between the lines
_SUSPICIOUS_SECONDS: Final = 0.001  # of a short text: a linear search takes a tenth of it
_TRIES: Final = 3
_MOST_TRIES: Final = 20  # a neighbor may be busy for longer than three tries
_SIGNS: Final = " -a1@.,/=\n\"'"
_PAIRS: Final = ("@a", " -", "a@", "4 ", "4-", '""', '="', "é", "٣")
_ENDS: Final = ("", "!")
_MOST_SIGNS: Final = 12
# Patterns that meet no longer text, since the function that applies them looks at the length first.
_LONGEST: Final = {"shared.csvfile.footers": LONGEST_FOOTER}
_FOUND, _NOT_COMPILED = patterns()


def _of_dialects() -> Iterator[Used]:
    """Patterns that are made of the delimiter and the quote of a file."""
    for delimiter, quote, blanks in itertools.product(",\t|", ('"', "'", ""), (False, True)):
        scanner = Scanner(delimiter, quote, " *" if blanks else "")
        splitter = Splitter(delimiter, quote, CsvOptions(), blanks=blanks)
        normalizer = QuoteNormalizer(Quoting(), quote)
        yield from _held_by(scanner, "match", "fullmatch")
        yield from _held_by(splitter, "fullmatch", "sub")
        yield from _held_by(normalizer, "search")


def _held_by(made: object, *ways: str) -> Iterator[Used]:
    for name, value in vars(made).items():
        if isinstance(value, re.Pattern):
            yield Used(f"{type(made).__module__}:{name}", value, frozenset(ways))


def _tuples() -> Iterator[Used]:
    """Patterns that stand in a tuple of their module."""
    for module, held in ((methods, methods._WRITTEN_EXPIRY), (values, values._DATES)):
        yield from (Used(module.__name__, one, frozenset(("fullmatch",))) for one in held)
    yield from (Used(damage.__name__, one, frozenset(("search",))) for one, _ in damage._KINDS)


_ELSEWHERE: Final = [*_of_dialects(), *_tuples()]


def test_every_pattern_is_under_the_test() -> None:
    assert len(_FOUND) > 60
    assert {used.place.partition(":")[0] for used in _ELSEWHERE} == _NOT_COMPILED


@pytest.mark.parametrize("used", [*_FOUND, *_ELSEWHERE], ids=lambda used: used.place)
def test_no_pattern_takes_longer_than_its_text(used: Used) -> None:
    most = _LONGEST.get(used.place.partition(":")[0], _LONG)
    for way, unit, end in itertools.product(sorted(used.ways), _units(used.pattern), _ENDS):
        search = _applied(used.pattern, way)
        if len(unit) == 1 or _seconds(search, _repeated(unit, min(most, _SHORT), end)) > _SUSPICIOUS_SECONDS:
            assert _seconds(search, _repeated(unit, most, end)) < _MOST_SECONDS, (way, unit, end)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: f"{function.__module__}.{function.__name__}")
def test_no_function_takes_longer_than_its_text(function: Callable[[str], object]) -> None:
    for unit, end in itertools.product((*_SIGNS, *_PAIRS), ("", "5551234")):
        assert _seconds(function, _repeated(unit, _LONG, end)) < _MOST_SECONDS, (unit, end)


@pytest.mark.parametrize("function", FILES, ids=lambda function: function.__name__)
def test_no_file_takes_longer_than_its_text(function: Callable[[str], object]) -> None:
    for unit, end in itertools.product((*_SIGNS, *_PAIRS), ("", "5551234")):
        assert _seconds(function, _repeated(unit, _LONG, end)) < _MOST_SECONDS_OF_A_FILE, (unit, end)


def _units(pattern: Pattern) -> Iterator[str]:
    text = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    signs = "".join(dict.fromkeys(_SIGNS + "".join(sign for sign in text if sign not in "()[]{}?:|^\\")))[:_MOST_SIGNS]
    yield from signs
    yield from map("".join, itertools.permutations(signs, 2))


def _repeated(unit: str, length: int, end: str) -> str:
    return (unit * length)[: length - len(end)] + end


def _applied(pattern: Pattern, way: str) -> Callable[[str], object]:
    def apply(text: str) -> object:
        given = text if isinstance(pattern.pattern, str) else text.encode("latin-1")
        if way in ("sub", "subn"):
            return getattr(pattern, way)(given[:0], given)
        found = getattr(pattern, way)(given)
        return deque(found, maxlen=0) if way == "finditer" else found

    return apply


def _seconds(act: Callable[[str], object], text: str) -> float:
    """The least CPU time of some tries: other work of the machine is none of the pattern's."""
    timer, best = Timer(lambda: act(text), timer=time.process_time), float("inf")  # without collecting garbage
    for tries in range(1, _MOST_TRIES):
        best = min(best, timer.timeit(1))
        if best < _SUSPICIOUS_SECONDS or (tries >= _TRIES and best < _MOST_SECONDS):
            break
    return best
