"""Ways of quoting that are not those of RFC 4180, turned into them on the way: lines and cells stay where they are."""

import re
from dataclasses import dataclass
from typing import Final

from shared.csvfile.problems import QUOTE_REMEDY, Fault

_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True, slots=True)
class Quoting:
    """How cells are quoted. `marks` are typographic quotes, which open and close by different signs."""

    escape: str = ""
    marks: str = ""
    blanks: bool = False  # blanks stand between the delimiter and the quote that opens
    lines: bool = False  # each line as a whole was quoted once more
    tail: str = ""  # other delimiters at the end of each line, and nowhere else

    @property
    def name(self) -> str:
        if self.escape:
            return "quotes escaped by a backslash"
        if self.marks:
            return f"typographic quotes {self.marks}"
        if self.lines:
            return "each line quoted a second time"
        if self.tail:
            return f"each line followed by {self.tail}"
        return "blanks before quotes" if self.blanks else "RFC 4180"


PLAIN: Final = Quoting()
BACKSLASH: Final = Quoting(escape="\\")
BLANKS: Final = Quoting(blanks=True)
LINES: Final = Quoting(lines=True)
TYPOGRAPHIC: Final = tuple(
    Quoting(marks=marks) for marks in ("\u201c\u201d", "\u2018\u2019", "\u00ab\u00bb", "\u201e\u201c")
)


class QuoteNormalizer:
    """Text in, the same text with the quoting of RFC 4180 out. Pieces may be cut anywhere."""

    def __init__(self, quoting: Quoting, quote: str) -> None:
        self._quoting = quoting
        self._quote = quote
        self._doubled = quote * 2
        self._not_an_escape = re.compile(rf"\\(?!{re.escape(quote)})" if quote else "(?!)")
        self._held = ""
        self._table = {ord(quote): self._doubled} | {ord(mark): quote for mark in quoting.marks} if quote else {}

    def feed(self, text: str, *, final: bool) -> str:
        """The text; a Fault carries what comes before it."""
        if self._quoting.marks:
            return text.translate(self._table)
        if self._quoting.lines:
            return self._unwrapped(text, final=final)
        if self._quoting.tail:
            return self._without_tail(text, final=final)
        return self._unescaped(text, final=final) if self._quoting.escape else text

    def _whole_lines(self, text: str, *, final: bool) -> str:
        text, self._held = self._held + text, ""
        if not final:
            end = max(text.rfind("\n"), text.rfind("\r")) + 1
            text, self._held = text[:end], text[end:]
        return text

    def _without_tail(self, text: str, *, final: bool) -> str:
        made: list[str] = []
        tail = self._quoting.tail
        for line in _LINE.findall(self._whole_lines(text, final=final)):
            content = line.rstrip("\r\n")
            bare = content.removesuffix(tail)
            if content.strip() and (bare == content or tail[0] in bare or (self._quote and self._quote in bare)):
                what = f"In this file each line ends with {tail}, which means nothing; this one is different."
                raise Fault("F006", what, "Remove these characters, or choose the delimiter.", "".join(made))
            made.append(bare + line[len(content) :])
        return "".join(made)

    def _unwrapped(self, text: str, *, final: bool) -> str:
        text = self._whole_lines(text, final=final)
        made: list[str] = []
        for line in _LINE.findall(text):
            content = line.rstrip("\r\n")
            if content.strip() and not self._is_wrapped(content):
                what = "In this file each line is quoted as a whole; this one is not."
                raise Fault("F020", what, QUOTE_REMEDY, "".join(made))
            made.append(content[1:-1].replace(self._doubled, self._quote) + line[len(content) :])
        return "".join(made)

    def _is_wrapped(self, line: str) -> bool:
        inner = line[1:-1].replace(self._doubled, "")
        return len(line) > 1 and line[0] == line[-1] == self._quote and self._quote not in inner

    def _unescaped(self, text: str, *, final: bool) -> str:
        text, self._held = self._held + text, ""
        if not final and text.endswith("\\"):
            text, self._held = text[:-1], "\\"
        odd = self._not_an_escape.search(text)
        if odd:
            before = text[: odd.start()].replace("\\" + self._quote, self._doubled)
            what = "In this file a backslash escapes quotes, but this one is before something else."
            raise Fault("F020", what, QUOTE_REMEDY, before)
        return text.replace("\\" + self._quote, self._doubled)
