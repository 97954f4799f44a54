"""Existing account numbers that look like one that was not found. They are shown to people and never used.

At a biller with a million customers nothing may be compared with all of them: what might be meant is made here and
asked of the index, and the index gives the numbers before and behind.
"""

import difflib
import re
from collections.abc import Iterable, Iterator
from typing import Final

from services.mapping.suggestions.shapes import Shape, Slot

_RUNS: Final = re.compile(r"[0-9]+")
_DIGITS: Final = "0123456789"
_LONGEST: Final = 30  # longer numbers have too many variants to ask for each
_ALIKE: Final = 0.5


def probes(number: str, shape: Shape | None) -> set[str]:
    """Numbers that may be meant: with the zeros that others have, or with one slip of the pen."""
    found = {_without_zeros(number), *_in_shape(number, shape)}
    if len(number) <= _LONGEST:
        found |= set(_slips(number))
    return found - {number, ""}


def nearest(number: str, existing: Iterable[str]) -> str | None:
    found = difflib.get_close_matches(number, sorted(set(existing)), n=1, cutoff=_ALIKE)
    return found[0] if found else None


def _without_zeros(number: str) -> str:
    return _RUNS.sub(lambda run: run[0].lstrip("0") or "0", number)


def _in_shape(number: str, shape: Shape | None) -> Iterator[str]:
    """The digits of the number in the shape of existing ones: prefix, zeros and separators as these have them."""
    places = [place for place in shape or () if isinstance(place, Slot)]
    runs = _RUNS.findall(number)
    if shape is None or not places or not all(place.digits for place in places) or len(runs) < len(places):
        return
    left = iter(runs[len(runs) - len(places) :])
    yield "".join(place if isinstance(place, str) else _padded(next(left), place) for place in shape)


def _padded(run: str, slot: Slot) -> str:
    return run if slot.length is None else (run.lstrip("0") or "0").rjust(slot.length, "0")


def _slips(number: str) -> Iterator[str]:
    """One character wrong, missing, too many, or two changed round."""
    for place in range(len(number) + 1):
        head, tail = number[:place], number[place:]
        yield from (head + digit + tail for digit in _DIGITS)
        if tail:
            yield head + tail[1:]
            yield from (head + digit + tail[1:] for digit in _DIGITS if tail[0] in _DIGITS)
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
