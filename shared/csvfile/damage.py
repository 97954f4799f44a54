"""Text that an earlier conversion damaged: control characters, lost characters, UTF-8 read as something else (W308)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from shared.csvfile.problems import Problem

_MOST_NAMED: Final = 5
_REMEDY: Final = "Compare these columns with the system they come from, and export the file again as UTF-8."
_ASCII_CONTROLS: Final = "".join(chr(code) for code in (*range(0x20), 0x7F) if chr(code) not in "\t\n\r")
_CONTROLS: Final = _ASCII_CONTROLS + "".join(map(chr, range(0x80, 0xA0)))
_LOST: Final = "\N{REPLACEMENT CHARACTER}"
_WESTERN: Final = (
    *map(chr, range(0xA0, 0x180)),
    *"\u2018\u2019\u201a\u201c\u201d\u201e\u2013\u2014\u2026\u2022\u2020\u2021\u2030\u2039\u203a\u20ac\u2122",
    *(_LOST, "\ufeff"),
)
# Old code pages have box drawings and Greek where the lead bytes of other letters are: there they are no evidence.
_LEADS: Final = {
    "cp1252": b"\xc2\xc3\xc4\xc5\xe2\xef",
    "latin-1": b"\xc2\xc3\xc4\xc5\xe2\xef",
    "mac-roman": b"\xc2\xc3\xe2",
    "cp437": b"\xc2\xc3\xe2",
    "cp850": b"\xc2\xc3\xe2",
}


def _misread() -> Iterator[str]:
    """What each Western letter and sign looks like where its UTF-8 was read as another encoding."""
    for codec, leads in _LEADS.items():
        for letter in _WESTERN:
            encoded = letter.encode()
            text = encoded.decode(codec, "ignore")
            if encoded[0] in leads and len(text) == len(encoded):
                yield text


def _pattern(texts: set[str]) -> re.Pattern[str]:
    ends: dict[str, str] = {}
    for text in sorted(texts):
        ends[text[:-1]] = ends.get(text[:-1], "") + text[-1]
    return re.compile("|".join(f"{re.escape(start)}[{re.escape(last)}]" for start, last in ends.items()))


_MISREAD: Final = _pattern(set(_misread()))
_CONTROL: Final = re.compile(f"[{re.escape(_CONTROLS)}]")
# What conversions write for letters they do not know; links and questions have other signs beside.
_REPLACED: Final = re.compile(r"\A(?!.*[:/=@]).*?[^\W\d_][?\u00bf][^\W\d_]", re.DOTALL)
_ENTITY: Final = re.compile(
    r"&(?:#[0-9]{2,5}|#[xX][0-9A-Fa-f]{2,5}|amp|nbsp|quot|apos|lt|gt|[A-Za-z](?:acute|grave|tilde|uml|circ|cedil|ring)"
    r"|szlig|rsquo|ndash);"
)
_REPLACEMENT: Final = re.compile(r"\?[^\W\d_]")
_KINDS: Final = (
    (_CONTROL, "control characters"),
    (re.compile(_LOST), "characters that an earlier conversion lost"),
    (_MISREAD, "text that was decoded with the wrong encoding"),
    (_REPLACED, "question marks instead of letters"),
    (_ENTITY, "letters written as in HTML"),
)
_SIGNS: Final = tuple(_CONTROLS + _LOST + "".join(sorted({text[0] for text in _misread()})))


def _may_be_damaged(text: str) -> bool:
    """Whether it holds a character without which none of the patterns is found; fast."""
    if any(map(text.__contains__, _ASCII_CONTROLS if text.isascii() else _SIGNS)):
        return True
    if "?" in text and _REPLACEMENT.search(text):
        return True
    return "\u00bf" in text or ("&" in text and _ENTITY.search(text) is not None)


@dataclass(slots=True)
class DamageWatch:
    """Counts damaged cells while a file is read. Their values are told to nobody."""

    names: Sequence[str]
    count: int = 0
    line: int | None = None
    kinds: set[str] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)
    _is_on: bool = False

    def begin(self, line: int) -> None:
        """Look at the names, which stand on this line."""
        for column, name in enumerate(self.names):
            self._look_at(column, [line], [name])

    def look(self, line_nos: Sequence[int], columns: Sequence[Sequence[str]], text: str) -> None:
        """Look at rows; `text` is what was read since the last ones, in which they or later rows stand."""
        self._is_on = self._is_on or _may_be_damaged(text)
        if self._is_on:
            for column, cells in enumerate(columns):
                if _may_be_damaged("\n".join(cells)):
                    self._look_at(column, line_nos, cells)

    def problem(self) -> Problem | None:
        """W308, where there is something to tell."""
        if not self.count:
            return None
        named = [f"\u201c{self.names[column]}\u201d" for column in sorted(self.columns)]
        more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
        kinds = " and ".join(kind for _, kind in _KINDS if kind in self.kinds)
        cells = "1 cell contains" if self.count == 1 else f"{self.count:,} cells contain"
        message = f"{cells} {kinds}. Columns: {', '.join(named[:_MOST_NAMED])}{more}."
        return Problem("W308", self.line, None, message, _REMEDY, count=self.count)

    def _look_at(self, column: int, line_nos: Sequence[int], cells: Sequence[str]) -> None:
        for line, cell in zip(line_nos, cells, strict=True):
            kinds = {kind for pattern, kind in _KINDS if pattern.search(cell)}
            if kinds:
                self.kinds |= kinds
                self.columns.add(column)
                self.count += 1
                self.line = line if self.line is None else min(line, self.line)
