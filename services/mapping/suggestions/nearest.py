"""Existing account numbers that look like one that was not found. They are shown to people and never used.

At a biller with a million customers nothing may be compared with all of them: what might be meant is made here and
asked of the index, and the index gives the numbers before and behind.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from services.mapping.suggestions.shapes import Shape, Slot

_RUNS: Final = re.compile(r"[0-9]+")
_DIGITS: Final = "0123456789"
_LONGEST: Final = 30  # longer numbers have too many variants to ask for each
_MOST_EDITS: Final = 2  # what differs more is another number, not the same one written wrongly


def probes(number: str, shape: Shape | None) -> set[str]:
    """Numbers that may be meant: with the zeros that others have, or with one slip of the pen."""
    found = {_without_zeros(number), *_in_shape(number, shape)}
    if len(number) <= _LONGEST:
        found |= set(_slips(number))
    return found - {number, ""}


def nearest(number: str, existing: Iterable[str], shape: Shape | None = None) -> str | None:
    """The one that differs by the fewest edits, at most two; zeros before digits, and a prefix left out, are none."""
    meant = {one for one in _in_shape(number, shape) if _runs_of(one) == _runs_of(number)}
    edits = {one: 0 if one in meant else _edits(number, one) for one in set(existing)}
    near = [(-count, one) for one, count in edits.items() if count is not None]
    return max(near)[1] if near else None


def _edits(number: str, other: str) -> int | None:
    pairs = ((number, other), (_without_zeros(number), _without_zeros(other)))
    return next((most for most in range(_MOST_EDITS + 1) if any(_is_within(*pair, most) for pair in pairs)), None)


def _is_within(one: str, other: str, edits: int) -> bool:
    """Whether so many characters changed, left out, put in or changed round make one of the other."""
    same = next((place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
    start = min(len(one), len(other)) if same is None else same
    one, other = one[start:], other[start:]
    if not edits or abs(len(one) - len(other)) > edits:
        return one == other
    left = [(one[1:], other[1:]), (one[1:], other), (one, other[1:])]
    if one[:2] == other[1::-1]:
        left.append((one[2:], other[2:]))
    return any(_is_within(*pair, edits - 1) for pair in left)


def _runs_of(number: str) -> list[str]:
    return [run.lstrip("0") for run in _RUNS.findall(number)]


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
