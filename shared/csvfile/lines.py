"""Lines of text, physical ones, and the records that are made of them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shared.csvfile.problems import FileRefused

LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(slots=True)
class Block:
    """Complete records. `stray` maps the index of a record to the cell in which a quote has no business.

    Where all of them are equally wide they may come as `columns` instead, which is faster than a list for each.
    `refusal` is what stands after the last of them: the records before it come first, whatever the size of blocks.
    """

    text: str = ""
    line_nos: Sequence[int] = ()
    records: list[list[str]] = field(default_factory=list)
    columns: list[list[str]] | None = None
    stray: dict[int, int] = field(default_factory=dict)
    line_ends: Mapping[str, int] = field(default_factory=dict)  # how often each kind occurs outside quotes
    refusal: FileRefused | None = None

    @property
    def rows(self) -> list[list[str]]:
        return self.records if self.columns is None else list(map(list, zip(*self.columns, strict=True)))


def count_lines(text: str) -> int:
    """Physical line ends: CRLF, LF and CR alone."""
    if "\r" not in text:
        return text.count("\n")
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def start_of_line(text: str, line: int) -> int:
    """The offset at which the physical line begins."""
    offset = 0
    for _ in range(line - 1):
        match = LINE_END.search(text, offset)
        if match is None:
            return len(text)
        offset = match.end()
    return offset


def line_ends(text: str) -> dict[str, int]:
    """How often each kind of line end occurs; only the kinds that do."""
    returns, feeds = text.count("\r"), text.count("\n")
    pairs = text.count("\r\n") if returns and feeds else 0
    counts = {"\r\n": pairs, "\n": feeds - pairs, "\r": returns - pairs}
    return {end: count for end, count in counts.items() if count}


def equally_wide(text: str, delimiter: str, end: str = "\n") -> list[list[str]] | None:
    """The columns of unquoted lines; None where not all lines have as many cells, at least two. No other end occurs."""
    text = text.removesuffix(end)
    first = text.find(end)
    width = text.count(delimiter, 0, len(text) if first < 0 else first) + 1
    # Each line end becomes a cell of its own. If all of them stand in one column after the others, the lines are equal.
    cells = text.replace(end, f"{delimiter}\n{delimiter}").split(delimiter)
    ends = (len(cells) - 1 - text.count(delimiter)) // 2
    is_equal = len(cells) == (width + 1) * ends + width and cells[width :: width + 1].count("\n") == ends
    return [cells[index :: width + 1] for index in range(width)] if width > 1 and is_equal else None


def all_quoted(parts: list[str], delimiter: str, end: str) -> list[list[str]] | None:
    """The columns of lines that were split at their quotes; None where not each cell is quoted, or lines differ."""
    cells, between = parts[1::2], parts[2:-1:2]
    width = between.index(end) + 1 if end in between else len(cells)
    if not width or len(cells) % width or parts[0] or parts[-1] not in ("", end):
        return None
    ends = between[width - 1 :: width]
    if ends.count(end) != len(ends) or between.count(delimiter) != len(between) - len(ends):
        return None
    return [cells[index::width] for index in range(width)]
