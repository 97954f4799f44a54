"""What is not a CSV by its first bytes."""

from shared.csvfile.problems import SAVE_AS_CSV, Problem
from shared.csvfile.text import bom_of

_BINARY = (
    (b"PK\x03\x04", "an Excel workbook or a zip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-zip archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"Rar!\x1a\x07", "a rar archive"),
    (b"%PDF", "a PDF document"),
    (b"{\\rtf", "a rich text document"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "a database"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x7fELF", "a program"),
    (b"bplist00", "a property list"),
    (b"Salted__", "encrypted"),
    (b"\x84\x5e\x03", "encrypted (PGP)"),
    (b"\x84\x8c\x03", "encrypted (PGP)"),
    (b"\x85\x01\x0c\x03", "encrypted (PGP)"),
    (b"\x85\x02\x0c\x03", "encrypted (PGP)"),
    (b"\x8c\x0d\x04", "encrypted (PGP)"),
    (b"MZ\x90", "a program"),
)
_NULS_OF_UTF16 = 0.8


def not_csv(data: bytes, codec: str | None) -> Problem | None:
    """The refusal of a file that is something else."""
    for magic, what in _BINARY:
        if data.startswith(magic):
            return Problem("F001", 1, 1, f"The file is {what}, not a CSV.", SAVE_AS_CSV)
    if bom_of(data) is None and b"\0" in data.rstrip(b"\0\x1a\r\n") and not (codec or "").startswith("utf-16"):
        return _with_nul(data)
    return None


def _with_nul(data: bytes) -> Problem:
    before = data[: data.index(0)]
    line = before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n") + 1
    message = "The file contains a NUL character: it is binary or damaged."
    return Problem("F001", line, None, message, "Export the file again as CSV.")


def utf16_without_mark(data: bytes) -> str | None:
    """The codec where every other byte is 0 nearly always and no byte between them is: Western text in UTF-16."""
    if bom_of(data) or b"\0" not in data:
        return None
    even, odd = data[::2], data[1::2]
    for codec, nuls, letters in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if nuls.count(0) > len(nuls) * _NULS_OF_UTF16 and 0 not in letters:
            return codec
    return None
