"""What the caller may tell the reader; everything left out is detected."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from shared.csvfile.problems import refuse

KNOWN_ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-8-sig": "utf-8",
    "utf-16": "utf-16",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
    "iso-8859-1": "latin-1",
    "latin-1": "latin-1",
    "iso-8859-15": "iso8859-15",
    "cp437": "cp437",
    "cp850": "cp850",
    "macintosh": "mac-roman",
    "mac-roman": "mac-roman",
    "mac_roman": "mac-roman",
}
DELIMITERS = (",", ";", "\t", "|")
RARE_DELIMITERS = ("^", "~", "\x1f", "\xa6", "\xac", ":")  # believed only where every record fits
# The csv module refuses longer cells; its limit belongs to the whole process and is left alone.
LARGEST_FIELD = 131_072
NO_HEADER = 0  # as the line of the header


class UnusableOption(ValueError):
    """A file cannot be read that way. The words name the option, never what was given."""

    def __init__(self, option: str, words: str) -> None:
        super().__init__(f"{option} {words}")
        self.option = option


@dataclass(frozen=True, slots=True)
class CsvOptions:
    """Overrides and limits for one file. `quote=""` means that the file quotes nothing."""

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    header_line: int | None = None  # 0 where the file has none
    left_out: frozenset[int] = frozenset()  # lines that are no rows, nor pieces of one
    max_file_bytes: int = 2 * 1024**3
    max_field_bytes: int = 64 * 1024
    max_record_bytes: int = 1024 * 1024
    max_columns: int = 500
    max_rows: int = 10_000_000
    max_ragged_share: float = 0.01
    ragged_always_allowed: int = 10  # unless they are more than half of the rows
    batch_rows: int = 5_000

    def __post_init__(self) -> None:
        if self.encoding is not None and self.encoding.lower() not in KNOWN_ENCODINGS:
            raise UnusableOption("encoding", f"must be one of {', '.join(sorted(KNOWN_ENCODINGS))}")
        if self.delimiter is not None and (len(self.delimiter) != 1 or self.delimiter in '\r\n"\0\x1a'):
            raise UnusableOption("delimiter", "must be one character, not a quote or a line end")
        if self.quote is not None and (len(self.quote) > 1 or self.quote in ("\r", "\n", "\0", "\x1a")):
            raise UnusableOption("quote", "must be one character or empty")
        if self.quote and self.quote == self.delimiter:
            raise UnusableOption("quote", "must differ from the delimiter")
        if self.header_line is not None and self.header_line < NO_HEADER:
            raise UnusableOption("header_line", "counts from 1, and 0 means that there is none")
        self._check_limits()

    def _check_limits(self) -> None:
        limits = (self.max_file_bytes, self.max_field_bytes, self.max_record_bytes, self.max_columns, self.max_rows)
        if min(*limits, self.batch_rows) < 1:
            raise ValueError("limits must be positive")
        if self.max_field_bytes > LARGEST_FIELD:
            raise ValueError(f"max_field_bytes must not exceed {LARGEST_FIELD}")

    @property
    def is_explicit(self) -> bool:
        """Whether somebody has looked at the lines, so that those of another width are no sign of another delimiter."""
        return self.delimiter is not None and self.header_line is not None

    def are_too_many(self, ragged: int, rows: int) -> bool:
        """Whether the file is not as it was read, rather than some of its lines."""
        if self.is_explicit or self.are_most(ragged, rows):
            return self.are_most(ragged, rows) and ragged > rows * self.max_ragged_share
        return ragged > self.ragged_always_allowed and ragged > rows * self.max_ragged_share

    @staticmethod
    def are_most(ragged: int, rows: int) -> bool:
        """Whether most of the lines are ragged."""
        return ragged * 2 > rows

    @property
    def codec(self) -> str | None:
        return None if self.encoding is None else KNOWN_ENCODINGS[self.encoding.lower()]


@contextmanager
def refusing_unusable() -> Iterator[None]:
    """Options that cannot be used refuse the file: earlier releases may have kept some for later."""
    try:
        yield
    except UnusableOption as error:
        remedy = "Correct how the file is read."
        raise refuse("F003", None, None, f"The file can't be read that way: {error}.", remedy) from None
