"""How a place of the account number may be filled: by a text, by a piece of a column, or by a slice of one."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from services.mapping.suggestions.pieces import Piece, applied
from services.mapping.suggestions.shapes import Slot
from shared.contracts.definition import (
    DigitsOnly,
    DropLast,
    PadLeft,
    Remove,
    StripLeadingZeros,
    TakeFirst,
    TakeLast,
    Transform,
    Upper,
)

Field = str | Slot
_UPPER: Final = Upper(do="upper")
_STRIP: Final = StripLeadingZeros(do="strip_leading_zeros")
_DIGITS: Final = DigitsOnly(do="digits_only")
_WITHOUT_CHECK_DIGIT: Final = DropLast(do="drop_last", count=1)
_FITS: Final = 0.8
_AMONG_KNOWN: Final = 0.6
_OFTEN_ENOUGH: Final = 0.3
_MOST_WAYS: Final = 4_000
_SHORTEST_CUT: Final = 3  # the last one or two digits of anything are somebody's
_LONGEST_TEXT: Final = 50
_END: Final = _LONGEST_TEXT + 1
_DIGIT_SIGNS: Final = frozenset("0123456789")


@dataclass(frozen=True, slots=True)
class Filling:
    """One way; a text where there is no piece.

    ``span`` are the signs that it takes of the piece, ``values`` what it makes of the first cells.
    """

    cost: float
    piece: Piece | None = None
    transforms: tuple[Transform, ...] = ()
    span: tuple[int, int] = (0, _END)
    values: tuple[str, ...] = ()

    def clashes(self, other: "Filling") -> bool:
        if self.piece is None or other.piece is None or not self.piece.overlaps(other.piece):
            return False
        return self.piece.path != other.piece.path or (self.span[0] < other.span[1] and other.span[0] < self.span[1])


def fillings(fields: Sequence[Field], pieces: Sequence[Piece]) -> list[list[Filling]]:
    """For each field the ways to fill it, the plainest first; none for one that nothing fits."""
    found: list[list[Filling]] = [[] for _ in fields]
    for piece in pieces:
        for index, field in enumerate(fields):
            found[index] += _whole(piece, field)
        for start, end in itertools.combinations(range(len(fields) + 1), 2):
            if end - start > 1:
                for index, filling in _sliced(piece, fields[start:end]):
                    found[start + index].append(filling)
    most = int(_MOST_WAYS ** (1 / len(fields)))
    return [_chosen(field, ways)[:most] for field, ways in zip(fields, found, strict=True)]


def _chosen(field: Field, ways: list[Filling]) -> list[Filling]:
    """A constant is written as a text, unless a column seems to say it: that may say another in some row."""
    if isinstance(field, str) and not ways:
        return [Filling(0)]
    return sorted(ways, key=lambda way: way.cost)


def _whole(piece: Piece, field: Field) -> Iterator[Filling]:
    seen = set()
    for cost, changes in enumerate(_changes(field)):
        made = applied(changes, piece.values)
        if made not in seen and _fits(made, field) and not _is_cut_too_short(changes, made):
            seen.add(made)
            yield Filling(cost, piece, changes, values=made)


def _is_cut_too_short(changes: Sequence[Transform], made: Sequence[str]) -> bool:
    is_cut = any(isinstance(change, DropLast | TakeFirst | TakeLast) for change in changes)
    return is_cut and _share([value.isdigit() and len(value) < _SHORTEST_CUT for value in made]) > 1 - _FITS


def _changes(field: Field) -> Iterator[tuple[Transform, ...]]:
    """What may have to be done to a piece, the plainest first."""
    yield ()
    if not (field[0] in _DIGIT_SIGNS if isinstance(field, str) else field.digits):
        yield (_UPPER,)
        if isinstance(field, Slot) and field.length is not None:
            first = TakeFirst(do="take_first", count=field.length)
            yield from ((first,), (_UPPER, first))
        return
    length = len(field) if isinstance(field, str) else field.length
    if length is None:
        yield from ((_STRIP,), (_DIGITS,), (_DIGITS, _STRIP), (_WITHOUT_CHECK_DIGIT,))
        return
    pad = PadLeft(do="pad_left", length=length)
    yield from ((pad,), (_STRIP, pad), (_DIGITS,), (_DIGITS, pad), (_DIGITS, _STRIP, pad))
    yield from ((_WITHOUT_CHECK_DIGIT,), (_WITHOUT_CHECK_DIGIT, pad), (_DIGITS, _WITHOUT_CHECK_DIGIT, pad))
    yield from ((TakeLast(do="take_last", count=length),), (TakeFirst(do="take_first", count=length),))


def _fits(values: Sequence[str], field: Field) -> bool:
    if isinstance(field, str):
        return _share([value == field for value in values]) >= _OFTEN_ENOUGH
    if field.known is not None and _share([value in field.known for value in values]) < _AMONG_KNOWN:
        return False
    return _share([_may_stand_in(value, field) for value in values]) >= _FITS


def _may_stand_in(value: str, slot: Slot) -> bool:
    right_kind = _is_number(value) if slot.digits else value.isascii() and value.isalpha()
    return right_kind and slot.length in (None, len(value))


def _sliced(piece: Piece, fields: Sequence[Field]) -> Iterator[tuple[int, Filling]]:
    """The fields one behind the other without separators: each takes its signs. Only the first may vary in length."""
    lengths = [len(field) if isinstance(field, str) else field.length for field in fields]
    behind = [length for length in lengths[1:] if length is not None]
    if len(behind) < len(fields) - 1:
        return
    numeric = all(_is_number(field) if isinstance(field, str) else field.digits for field in fields)
    for cost, base in _bases(piece, numeric=numeric, total=_total(lengths)):
        solid = applied(base, piece.values)
        if not _have_length(solid, _total(lengths), more_than=sum(behind)):
            continue
        for index, field in enumerate(fields):
            changes, span = _slice(lengths[0], behind, index)
            made = applied(changes, solid)
            if _fits(made, field):
                yield index, Filling(cost + len(changes) / 10, piece, (*base, *changes), span, made)


def _total(lengths: Sequence[int | None]) -> int | None:
    known = [length for length in lengths if length is not None]
    return sum(known) if len(known) == len(lengths) else None


def _bases(piece: Piece, *, numeric: bool, total: int | None) -> Iterator[tuple[int, tuple[Transform, ...]]]:
    """What makes of the piece a text without separators, with the zeros it lost in front."""
    others = "".join(sorted({sign for value in piece.values for sign in value if not sign.isalnum()}))
    bare: tuple[Transform, ...] = ()
    if others:
        bare = (_DIGITS,) if numeric else (Remove(do="remove", characters=others[:_LONGEST_TEXT]),)
    yield 2, bare
    if numeric and not others:
        yield 3, (_DIGITS,)
    if numeric and total is not None and total <= _LONGEST_TEXT:
        yield 4, (*bare, PadLeft(do="pad_left", length=total))


def _have_length(values: Sequence[str], total: int | None, *, more_than: int) -> bool:
    return _share([len(value) == total if total else len(value) > more_than for value in values]) >= _FITS


def _slice(first: int | None, behind: Sequence[int], index: int) -> tuple[tuple[Transform, ...], tuple[int, int]]:
    """Which transforms take the signs of the field, and which signs these are, counted from the end."""
    after, length = (sum(behind), first) if index == 0 else (sum(behind[index:]), behind[index - 1])
    cut: tuple[Transform, ...] = (DropLast(do="drop_last", count=after),) if after else ()
    if index == 0:
        return cut, (after, _END)
    assert length is not None  # noqa: S101 - only the first may vary
    return (*cut, TakeLast(do="take_last", count=length)), (after, after + length)


def _is_number(text: str) -> bool:
    return bool(text) and _DIGIT_SIGNS.issuperset(text)


def _share(hits: Sequence[bool]) -> float:
    return sum(hits) / len(hits)
