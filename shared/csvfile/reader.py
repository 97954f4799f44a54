"""Reading a file in batches, with memory that does not grow with it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from shared.csvfile.damage import DamageWatch
from shared.csvfile.inspection import Inspection, encoding_name, guessed_encoding, inspect_head
from shared.csvfile.lines import Block, count_lines, start_of_line
from shared.csvfile.options import CsvOptions
from shared.csvfile.problems import QUOTE_REMEDY, Fault, FileRefused, Problem, RowProblem, limit_exceeded, refuse
from shared.csvfile.quoting import QuoteNormalizer
from shared.csvfile.records import Splitter
from shared.csvfile.rows import Checked, RowCheck
from shared.csvfile.text import BLOCK_BYTES, Decoder, blocks

# A batch ends early rather than hold more text than this.
_BATCH_CHARACTERS = 8 * 1024 * 1024


@dataclass(slots=True)
class Batch:
    """Rows, their cells by column, with the physical lines on which they start, and the rows that cannot be used."""

    line_nos: list[int]
    columns: list[list[str]]
    bad: list[RowProblem] = field(default_factory=list)

    @property
    def rows(self) -> list[list[str]]:
        return list(map(list, zip(*self.columns, strict=True)))

    def __len__(self) -> int:
        return len(self.line_nos) + len(self.bad)

    def add(self, more: "Checked | Batch") -> None:
        self.line_nos += more.line_nos
        self.bad += more.bad
        for column, cells in zip(self.columns, more.columns, strict=True):
            column.extend(cells)

    def cut_off(self, count: int) -> "Batch":
        split = len(self.bad)
        if len(self.line_nos) > count:
            stop = self.line_nos[count]
            split = sum(problem.line is not None and problem.line < stop for problem in self.bad)
        first = Batch(self.line_nos[:count], [column[:count] for column in self.columns], self.bad[:split])
        del self.line_nos[:count]
        del self.bad[:split]
        for column in self.columns:
            del column[:count]
        return first


class CsvReader:
    """Iterate over it once for the batches. A refusal may come at any time, also after the last batch."""

    def __init__(self, source: BinaryIO | Iterable[bytes], options: CsvOptions) -> None:
        self._options = options
        self._blocks = blocks(source)
        self._head = next(self._blocks, b"")
        self.inspection: Inspection = inspect_head(self._head, options, complete=len(self._head) < BLOCK_BYTES)
        if self.inspection.refusal:
            raise FileRefused(self.inspection.refusal)
        self.header = self.inspection.header
        self.names = self.inspection.names
        self.rows = 0
        self.bad = 0
        self.bytes = 0
        found = self.inspection
        self._decoder = Decoder(found.codec)
        self._normalizer = QuoteNormalizer(found.quoting, found.quote)
        self._splitter = Splitter(found.delimiter, found.quote, options, found.start_line, blanks=found.quoting.blanks)
        self._check = RowCheck(found.header, found.header_cells, found.width, options, found.delimiter)
        self._damage = DamageWatch(found.header)
        self._damage.begin(found.header_line)
        self._line_end: str | None = None
        self._mixed = False

    @property
    def problems(self) -> list[Problem]:
        """Warnings so far; complete after the last batch."""
        return self.inspection.problems

    @property
    def blank_lines(self) -> int:
        """Records without a single filled cell, which were skipped."""
        return self._check.blank

    @property
    def repeated_headers(self) -> int:
        return self._check.repeated_headers

    @property
    def footers(self) -> int:
        return self._check.footers

    def __iter__(self) -> Iterator[Batch]:
        batch, size = Batch([], [[] for _ in self.header]), 0
        for checked, characters in self._checked():
            batch.add(checked)
            size += characters
            while len(batch) > self._options.batch_rows or size > _BATCH_CHARACTERS:
                size = 0
                yield batch.cut_off(self._options.batch_rows)
        if len(batch):
            yield batch
        self._conclude()

    def _checked(self) -> Iterator[tuple[Checked, int]]:
        block: bytes | None = self._head
        self._head = b""
        first = True
        while block is not None:
            following = next(self._blocks, None)
            text, fault = self._decode(block, first=first, final=following is None)
            final = following is None and fault is None
            records = self._splitter.feed(text, final=final)
            if first:
                first = not records.line_nos
                records = self._without_header(records)
            checked = self._check.check(records, final=final and records.refusal is None)
            if records.refusal:
                raise records.refusal
            if fault:
                raise fault.at(*self._splitter.place())
            self._count(checked, records)
            self._damage.look(checked.line_nos, checked.columns, text)
            yield checked, len(text)
            block = following

    def _without_header(self, records: Block) -> Block:
        if not records.line_nos or not self.inspection.header_line:
            return records
        if 0 in records.stray:
            raise refuse(
                *("F020", records.line_nos[0], records.stray[0]),
                "There is a quote character inside a header name.",
                QUOTE_REMEDY,
            )
        stray = {index - 1: column for index, column in records.stray.items()}
        rest = replace(records, line_nos=records.line_nos[1:], records=records.records[1:], stray=stray)
        if records.columns is not None:  # each record is one line
            rest.columns = [column[1:] for column in records.columns]
            rest.text = records.text[start_of_line(records.text, 2) :]
        return rest

    def _decode(self, block: bytes, *, first: bool, final: bool) -> tuple[str, Fault | None]:
        """The text of the block up to the first fault in it, which stands behind every record before it."""
        self.bytes += len(block)
        if self.bytes > self._options.max_file_bytes:
            raise limit_exceeded("bytes", self._options.max_file_bytes, self._splitter.place()[0])
        guessed, found = self._decoder.guess_offset, None
        try:
            text = self._decoder.feed(block, final=final)
        except Fault as fault:
            text, found = fault.before, fault
        if guessed is None and self._decoder.guess_offset is not None and found is None:
            self._note_guess(text[: self._decoder.guess_offset])
        try:
            return self._normalizer.feed(self._from_header(text, first=first), final=final), found
        except Fault as fault:
            return fault.before, fault

    def _from_header(self, text: str, *, first: bool) -> str:
        if not first or self._splitter.pending:
            return text
        text = text.lstrip("\ufeff")
        return text[start_of_line(text, self.inspection.start_line) :]

    def _note_guess(self, before: str) -> None:
        self.inspection.encoding = encoding_name(self._decoder.encoding)
        if not any(problem.code == "W302" for problem in self.problems):
            line = self._splitter.place()[0] + count_lines(before)
            self.problems.append(guessed_encoding(line, self._decoder.encoding, self._decoder.doubtful_words))

    def _count(self, checked: Checked, records: Block) -> None:
        self.rows += len(checked.line_nos)
        self.bad += len(checked.bad)
        if not self._mixed:
            self._note_line_ends(records)

    def _note_line_ends(self, records: Block) -> None:
        ends = records.line_ends
        if self._line_end is None and ends:
            self._line_end = max(ends, key=lambda end: ends[end])
        if set(ends) - {self._line_end}:
            self._mixed = True
            message = "The file mixes line endings (CRLF, LF, CR)."
            remedy = "Check that no cell was cut at a line break; export the file again."
            self.problems.append(Problem("W306", records.line_nos[0], None, message, remedy))

    def _conclude(self) -> None:
        if damage := self._damage.problem():
            self.problems.append(damage)
        total = self.rows + self.bad
        if not total:
            raise refuse(
                "F002", self.inspection.header_line, None, "The file has a header but no rows.", "Export it again."
            )
        first, ragged = self._check.first_ragged, self._check.ragged
        if first and self._options.are_too_many(ragged, total):
            message = f"{ragged} of {total} lines have too few or too many cells; this is the first."
            remedy = first.remedy
            if not self._options.is_explicit and not self._options.are_most(ragged, total):
                remedy = f"{remedy.rstrip('.')}. To skip these lines, choose the delimiter and the header line."
            raise refuse("F006", first.line, first.column, message, remedy)


def read(source: BinaryIO | Iterable[bytes], options: CsvOptions | None = None) -> CsvReader:
    """Open the file: raises FileRefused at once for what its first block shows, later while it is iterated."""
    return CsvReader(source, options or CsvOptions())
