"""Any bytes as a file: what the reader promises about them, whatever they are."""

import codecs
import contextlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from shared.csvfile import Batch, CsvOptions, CsvReader, FileRefused, read, write_rows
from shared.csvfile.lines import start_of_line
from shared.csvfile.text import bom_of

_LIMITS = CsvOptions(max_field_bytes=300, max_columns=40, max_rows=500, batch_rows=7)
_OPTIONS = (
    _LIMITS,
    replace(_LIMITS, max_ragged_share=1.0),
    replace(_LIMITS, delimiter=";"),
    replace(_LIMITS, quote=""),
    replace(_LIMITS, quote="'", delimiter="\t"),
    replace(_LIMITS, header_line=2),
    replace(_LIMITS, encoding="cp850"),
    replace(_LIMITS, encoding="utf-16-le"),
)
_AS_WRITTEN = CsvOptions(encoding="utf-8", delimiter=",", quote='"', header_line=1)


@dataclass(slots=True)
class _Outcome:
    header: list[str]
    rows: dict[int, list[str]]
    bad: dict[int, tuple[str, int | None]]
    refusal: tuple[str, int | None, int | None] | None = None


def fuzz(data: bytes) -> None:
    """The first byte chooses what the reader is told, the second how the bytes are cut; the rest is the file."""
    if len(data) < 3:
        return
    options, size, content = _OPTIONS[data[0] % len(_OPTIONS)], data[1] % 23 + 1, data[2:]
    try:
        reader = read([content], options)
    except FileRefused as refusal:
        _check_refusal(refusal)
        return
    whole = _outcome(reader)
    assert _outcome(read(_pieces(content, size), options)) == whole, "the pieces the bytes come in make a difference"
    cut = read([content], options)
    _cut_small(cut, content, size)
    assert _outcome(cut) == whole, "the blocks the bytes are read in make a difference"
    _check_lines(reader, whole)
    _check_cells(reader, whole, content)
    if whole.refusal is None and whole.rows:
        _check_round_trip(whole)


def _check_refusal(refusal: FileRefused) -> None:
    assert refusal.code[0] == "F"
    assert refusal.line is not None, f"{refusal.code} without a line"
    assert refusal.line >= 1
    assert refusal.column is None or refusal.column >= 1
    assert refusal.message
    assert refusal.remedy


def _outcome(reader: CsvReader) -> _Outcome:
    found = _Outcome(reader.header, {}, {})
    try:
        for batch in reader:
            _collect(batch, found)
    except FileRefused as refusal:
        _check_refusal(refusal)
        found.refusal = (refusal.code, refusal.line, refusal.column)
        # How far the rows came before a refusal depends on the blocks; nothing is taken from them.
        found.rows, found.bad = {}, {}
    return found


def _collect(batch: Batch, found: _Outcome) -> None:
    lines = [*batch.line_nos, *(problem.line or 0 for problem in batch.bad)]
    assert len(set(lines)) == len(lines)
    assert all(a < b for a, b in pairwise(batch.line_nos))
    assert min(lines) > max([0, *found.rows, *found.bad]), "batches out of order"
    found.rows |= dict(zip(batch.line_nos, batch.rows, strict=True))
    found.bad |= {problem.line or 0: (problem.code, problem.column) for problem in batch.bad}


def _pieces(content: bytes, size: int) -> Iterator[bytes]:
    return (content[start : start + size] for start in range(0, len(content), size))


def _cut_small(reader: CsvReader, content: bytes, size: int) -> None:
    """Let the reader go on in blocks of a few bytes; only the lines up to the header come in one."""
    found = bom_of(content)
    mark = found[0] if found else b""
    codec = {"windows-1252": "cp1252"}.get(reader.inspection.encoding, reader.inspection.encoding)
    text = codecs.getincrementaldecoder(codec)("ignore").decode(content[len(mark) :])
    start = start_of_line(text, reader.inspection.header_line + 1)
    first = len(mark) + len(text[:start].encode(codec, "ignore"))
    reader._head = content[:first]
    reader._blocks = iter(_pieces(content[first:], size))


def _check_lines(reader: CsvReader, found: _Outcome) -> None:
    assert not found.rows.keys() & found.bad.keys()
    assert all(line > reader.inspection.header_line for line in (*found.rows, *found.bad))
    if found.refusal is None:
        assert (reader.rows, reader.bad) == (len(found.rows), len(found.bad))


def _check_cells(reader: CsvReader, found: _Outcome, content: bytes) -> None:
    """Each row is as wide as the header, and holds nothing that does not stand in the file."""
    codec = {"windows-1252": "cp1252"}.get(reader.inspection.encoding, reader.inspection.encoding)
    text = content.decode(codec, "ignore")
    quote = reader.inspection.quote
    unescaped = text.replace(quote * 2, quote).replace("\\" + quote, quote) if quote else text
    for row in found.rows.values():
        assert len(row) == len(found.header)
        for cell in row:
            written = {cell, cell.replace(quote, quote * 2), cell.replace(quote, "\\" + quote)} if quote else {cell}
            assert cell in unescaped or any(form in text for form in written), "a cell that is not in the file"


def _check_round_trip(found: _Outcome) -> None:
    """What `inspect --normalized` writes reads back as the same cells."""
    out = io.BytesIO()
    with contextlib.suppress(UnicodeEncodeError):  # half a pair in UTF-16 told as such
        write_rows(out, [found.header, *found.rows.values()], defuse=False)
        again = read(io.BytesIO(out.getvalue()), _AS_WRITTEN)
        rows: Iterable[list[str]] = (row for batch in again for row in batch.rows)
        assert again.header == found.header
        assert list(rows) == list(found.rows.values()), "the normalised file reads otherwise"
