"""Reading the file of an import in a thread: bytes from the Secure Upload, batches, staged lines."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from services.validation.domain.bank_columns import looks_like_bank_accounts
from services.validation.domain.context import Context
from services.validation.domain.interpretation import Interpreter
from services.validation.domain.layout import ColumnMissing, Layout, lay_out
from services.validation.domain.mail_domains import provider_meant
from services.validation.domain.samples import shortened
from services.validation.domain.screening import BATCH_ROWS, Screening, refuse_head
from services.validation.domain.unused import UnusedColumns
from services.validation.repository.checks import Finding
from shared.contracts.codes.names import LOST_ZEROS, STOP_WORDS, UNKNOWN_WORDS
from shared.contracts.definition import ImportDefinition
from shared.contracts.fields import FieldName, GoesTo, takes_bank_accounts
from shared.csvfile import (
    BankWatch,
    Batch,
    CsvOptions,
    CsvReader,
    FileRefused,
    Problem,
    find_card_number,
    names_bank_number,
    one_spelling,
    read,
    refusing_unusable,
)

_ROWS_AT_ONCE: Final = 2_500  # so few stay in the processor's cache from the first look to the last
_MOST_COLUMNS: Final = 50  # of the unused ones, with their values
_ESCAPES: Final = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_ESCAPE: Final = str.maketrans(_ESCAPES)


class Lines(NamedTuple):
    """Rows as COPY takes them, with the columns that they fill; any other is null."""

    columns: tuple[str, ...]
    text: bytes


class Refused(Exception):
    """The file is blocked: an F code, how often, and where. Never a value of the file."""

    def __init__(self, code: str, count: int = 1, detail: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.count = count
        self.detail = dict(detail or {})
        self.bank_columns: Sequence[int] = ()  # noticed until then


class UploadedBytes:
    """The bytes of an object for a reader in another thread, counted and hashed on their way."""

    def __init__(self, stream: AsyncIterator[bytes], loop: asyncio.AbstractEventLoop) -> None:
        self._stream = stream
        self._loop = loop
        self._sha256 = hashlib.sha256()
        self.count = 0

    def __iter__(self) -> Iterator[bytes]:
        while piece := asyncio.run_coroutine_threadsafe(self._next(), self._loop).result():
            self._sha256.update(piece)
            self.count += len(piece)
            yield piece

    async def _next(self) -> bytes:
        return await anext(self._stream, b"")

    def drain(self) -> str:
        for _ in self:
            pass
        return self._sha256.hexdigest()


class FileReading:
    """One pass over a file. Its methods block: they run in a thread."""

    def __init__(self, source: Iterable[bytes], definition: ImportDefinition, *, biller_name: str | None) -> None:
        """Without a name, those in the file are not compared with it."""
        self._source = source
        self._definition = definition
        self._biller = None if biller_name is None else one_spelling(biller_name.strip())
        self._batches: Iterator[Batch] = iter(())
        self._batch: Batch | None = None
        self._reader: CsvReader | None = None
        self._interpreter: Interpreter | None = None
        self._account_columns: tuple[int, ...] = ()
        self._screening = Screening((), ())
        self._by_chance: Sequence[Problem] = ()
        self._banks = BankWatch()
        self._fields: Mapping[FieldName, int] = {}
        self.rows = 0
        self._filled: set[int] = set()  # staged columns that were not blank throughout so far
        self._unused = UnusedColumns((), frozenset(), definition.kind)
        self.reads_bank_accounts = False

    @property
    def columns(self) -> Sequence[str]:
        return self._interpreter.columns if self._interpreter else ()

    @property
    def _names(self) -> Sequence[str]:
        return self._reader.names if self._reader else ()

    @property
    def warnings(self) -> Sequence[Problem]:
        return (*self._reader.problems, *self._by_chance) if self._reader else ()

    @property
    def findings(self) -> Sequence[Finding]:
        found = [Finding(one.code, one.count, _detail(one, self._names)) for one in self.warnings]
        if unused := self._unused.shown(self._banks.found):
            found.append(Finding("W304", len(unused), {"columns": unused[:_MOST_COLUMNS]}))
        if self._interpreter and self._interpreter.restored_zeros:
            found.append(Finding(LOST_ZEROS, self._interpreter.restored_zeros, {}))
        return found

    @property
    def details(self) -> Mapping[str, Mapping[str, Any]]:
        """By code, the words, columns and values that rows have it for."""
        if self._interpreter is None:
            return {}
        return {
            STOP_WORDS: {"columns": self._unused.stopping},
            UNKNOWN_WORDS: {"words": self._interpreter.unknown_words},
            "W343": _domains(self._interpreter.misspelt_domains),
            **{code: {"values": values} for code, values in self._interpreter.samples.items()},
        }

    @property
    def lines_in_doubt(self) -> Mapping[str, Sequence[int]]:
        """By code, the lines that only a whole column, or one that nobody mapped, puts in doubt."""
        found = dict(self._interpreter.lines_in_doubt) if self._interpreter else {}
        return found | ({STOP_WORDS: lines} if (lines := self._unused.stopping_lines) else {})

    @property
    def bank_columns(self) -> Sequence[int]:
        """Positions of the columns that were seen to hold routing numbers or bank accounts."""
        return self._banks.found

    @property
    def may_share_accounts(self) -> bool:
        """Whether several rows may have the same account number; known when all rows are read."""
        return self._interpreter is None or not self._interpreter.are_ascending

    @property
    def hidden_for_log(self) -> Sequence[str]:
        """Fields that go to the log alone and whose columns hold bank data, by name or by content."""
        found = self._banks.found
        return [
            field
            for field, column in self._definition.columns.items()
            if field.spec.goes_to is GoesTo.LOG and (self._fields.get(field) in found or names_bank_number(column))
        ]

    def open(self, context: Context, *, fold_case: bool) -> None:
        """Look at the header; raises Refused."""
        reading = self._definition.options.reading
        with _Translated():
            with refusing_unusable():
                left_out = frozenset(self._definition.options.exclude_lines)
                options = CsvOptions(**reading.model_dump(), batch_rows=BATCH_ROWS, left_out=left_out)
            self._reader = read(self._source, options)
        with _Translated(self._names):
            refuse_head(self._reader.names, self._reader.inspection.preamble)
        layout = self._laid_out(self._reader, fold_case=fold_case)
        self._batches = iter(self._reader)
        self._interpreter = Interpreter(self._definition, layout, context)
        self._account_columns = layout.account_number.positions
        self._fields = layout.fields
        self._unused = UnusedColumns(
            self._reader.header, layout.used, self._definition.kind, kept=layout.used - layout.deciding
        )
        self._screening = Screening(layout.account_number.positions, layout.number_columns, self._reader.names)
        self._banks = BankWatch(self._known(layout))

    def _laid_out(self, reader: CsvReader, *, fold_case: bool) -> Layout:
        try:
            return lay_out(self._definition, reader.header, fold_case=fold_case, names=reader.names)
        except ColumnMissing as missing:
            line = {"line": reader.inspection.header_line}
            raise Refused(missing.code, missing.count, {**line, **missing.detail}) from None

    def _known(self, layout: Layout) -> Collection[int]:
        """Columns that are not bank accounts for standing beside routing numbers: autopay says itself which is."""
        if FieldName.BANK_ACCOUNT_NUMBER in layout.fields and self._reader is not None:
            return range(len(self._reader.header))
        return layout.used if takes_bank_accounts(self._definition.kind) else layout.account_number.positions

    def next_lines(self) -> Lines | None:
        """The next rows as lines of COPY; None at the end of the file. Raises Refused."""
        columns = self.next_columns()
        if not columns:
            return None
        self._filled.update(index for index, column in enumerate(columns) if any(column))
        filled = sorted(self._filled)
        return Lines(tuple(self.columns[index] for index in filled), encode([columns[index] for index in filled]))

    def next_columns(self) -> Sequence[Sequence[str]]:
        """The next rows, by staged column; empty at the end of the file. Raises Refused."""
        try:
            return self._following()
        except Refused:
            self._conclude()  # a file with card numbers is not kept, whatever else it is refused for
            raise

    def _following(self) -> Sequence[Sequence[str]]:
        if self._batch is None or not len(self._batch):
            self._batch = self._next_batch()
        if self._batch is None:
            self._by_chance = self._conclude()
            return ()
        return self._interpreted(self._batch.cut_off(_ROWS_AT_ONCE))

    def _conclude(self) -> Sequence[Problem]:
        with _Translated(self._names):
            return self._screening.conclude()

    def _next_batch(self) -> Batch | None:
        with _Translated(self._names):
            batch = next(self._batches, None)
            if batch is not None:
                self._screening.look(batch)
                self._banks.look(batch.columns)
                self._unused.look(batch.columns, batch.line_nos)
        if batch is not None and self.rows == 0:
            self.reads_bank_accounts = looks_like_bank_accounts(
                batch.columns, self._account_columns, self._banks.routing
            )
        return batch

    def _interpreted(self, batch: Batch) -> Sequence[Sequence[str]]:
        if self._interpreter is None:
            raise RuntimeError("There are batches only after open()")
        columns, billers = self._interpreter.interpret(batch)
        for index, name in enumerate(billers if self._biller is not None else ()):
            if name and name.casefold() != self._biller and one_spelling(name) != self._biller:
                raise Refused("F010", detail={"line": batch.line_nos[index]})
        self.rows += len(columns[0])
        return columns


def _domains(rows: Mapping[str, int]) -> Mapping[str, Any]:
    """Misspelt mail domains, which are no personal data."""
    return {
        "domains": {domain: {"rows": count, "meant": provider_meant(domain)} for domain, count in sorted(rows.items())}
    }


def _detail(problem: Problem, names: Sequence[str]) -> Mapping[str, Any]:
    # What the column is called is told, too, unless that is a value that must not be shown.
    place = (problem.column or 0) - 1
    name = names[place].strip() if 0 <= place < len(names) else ""
    is_shown = name and "@" not in name and not find_card_number(name)
    return problem.as_detail() | ({"name": shortened(name)} if is_shown else {})


class _Translated:
    """Refusals of the reader as ours; ``names`` are those of the columns, once they are known."""

    def __init__(self, names: Sequence[str] = ()) -> None:
        self._names = names

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, FileRefused):
            raise Refused(error.code, error.count, _detail(error.problem, self._names)) from None


def encode(columns: Sequence[Sequence[str]]) -> bytes:
    """Lines of COPY's text format. Cells with characters that mean something there are rare: their lines show it."""
    lines = _lines(columns)
    are_plain = "\\" not in lines and "\r" not in lines
    count = len(columns[0])
    if are_plain and lines.count("\t") == count * (len(columns) - 1) and lines.count("\n") == count:
        return lines.encode()
    return _lines([[cell.translate(_ESCAPE) for cell in column] for column in columns]).encode()


def _lines(columns: Sequence[Sequence[str]]) -> str:
    return "\n".join(map("\t".join, zip(*columns, strict=True))) + "\n"
