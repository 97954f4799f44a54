"""From the rows of a batch to staged rows: values that may be stored, outcome and codes."""

from collections.abc import Collection, Mapping, Sequence
from operator import lt
from typing import Final, Protocol

from services.validation.domain.autopay import AutopayReader
from services.validation.domain.context import Context
from services.validation.domain.doubts import Doubts
from services.validation.domain.evidence import for_log
from services.validation.domain.found import Found
from services.validation.domain.layout import Layout
from services.validation.domain.mail_domains import DomainWatch
from services.validation.domain.paperless import PaperlessReader
from services.validation.domain.people import Cells, EmailColumns, Values
from services.validation.domain.registration import RegistrationReader
from services.validation.domain.samples import Samples
from services.validation.domain.stand_ins import stand_ins
from shared.contracts.cleaning import clean_columns
from shared.contracts.codes.names import CREATE, LEFT_OUT, NOT_FOUND
from shared.contracts.definition import ImportDefinition
from shared.contracts.fields import FieldName, GoesTo, Holds, fields_of, going_to
from shared.contracts.kinds import ImportKind
from shared.csvfile import Batch

_FOR_LOG: Final = "for_log"
_KEYS: Final = 3  # account number, raw cells and whether it is one go before the values
_WITHOUT_NUMBER: Final = frozenset(("R101", "R102", "R103", LEFT_OUT))


class KindReader(Protocol):
    """Reads what is special to one kind of import."""

    emails: EmailColumns

    def read(self, cells: Cells, count: int, found: Found) -> Values:
        """Values by staged column; problems go to ``found``."""
        ...


class Interpreter:
    """Interprets batches of one file. Columns come out in the order of ``columns``; '' stands for null."""

    def __init__(self, definition: ImportDefinition, layout: Layout, context: Context) -> None:
        self._layout = layout
        self._going_on = context.going_on
        self._excluded = frozenset(definition.options.exclude_lines)
        self._doubts = Doubts(layout, definition, context)
        self._reader = _reader(definition, layout, context, self._doubts)
        self._domains = DomainWatch(context.mail_domain)
        self._kind = definition.kind
        self._names = staged_columns(definition.kind)
        self._biller_column = layout.fields.get(FieldName.BILLER_NAME)
        keys = ("account_number", "raw_cells", "is_stand_in")
        self.columns: Final = ("ordinal", "line_no", "verdict", "codes", *keys, *self._names)
        self._creates = context.choices.get(NOT_FOUND) == CREATE
        self._samples = Samples()
        self._rows = 0
        self.restored_zeros = 0
        self.are_ascending = True  # the account numbers, each beyond the one before: no two rows have the same
        self._last_number = ""

    @property
    def misspelt_domains(self) -> Mapping[str, int]:
        return self._domains.misspelt

    @property
    def unknown_words(self) -> Mapping[str, Mapping[str, int]]:
        return self._doubts.words.unknown

    @property
    def samples(self) -> Mapping[str, Mapping[str, int]]:
        return self._samples.by_code

    @property
    def lines_in_doubt(self) -> Mapping[str, Sequence[int]]:
        """By code, the lines that only their whole column puts in doubt; known when all rows are read."""
        return self._doubts.lines

    def interpret(self, batch: Batch) -> tuple[list[Sequence[str]], Sequence[str]]:
        """The staged columns of the batch, and the names of billers in it."""
        found = Found(self._going_on, self._samples)
        self._doubts.begin(batch.line_nos)
        count = len(batch.line_nos)
        excluded = self._end_excluded(batch, found)
        cells = self._cleaned(batch, found) if count else {}
        read = self._read(cells, count, found) if count else [[]] * (_KEYS + len(self._names))
        found.conclude()
        staged = _blank_ended(read, found) if found.ended else read
        if self.are_ascending:
            self._compare_with_last(list(filter(None, staged[0])))
        self._domains.look(staged[_KEYS + self._names.index("email")], self._reader.emails.domains, found)
        self.restored_zeros += sum("W311" in codes for codes in found.warnings.values())
        columns = [*self._places(batch), *_verdicts(found, count), *staged]
        billers = cells[self._biller_column] if count and self._biller_column is not None else []
        for index in excluded if billers else ():
            billers[index] = ""
        return _with_bad(columns, batch, self._excluded), billers

    def _end_excluded(self, batch: Batch, found: Found) -> list[int]:
        if not self._excluded:
            return []
        excluded = [index for index, line in enumerate(batch.line_nos) if line in self._excluded]
        for index in excluded:
            found.end(index, LEFT_OUT)
        return excluded

    def _cleaned(self, batch: Batch, found: Found) -> dict[int, list[str]]:
        unwrapped: set[int] = set()
        cells = clean_columns(batch.columns, self._layout.used, unwrapped, self._doubts.words.explained)
        for index in unwrapped:
            found.warn(index, "W301")
        return cells

    def _read(self, cells: Cells, count: int, found: Found) -> list[Sequence[str]]:
        account_number = self._layout.account_number
        nothing = [""] * count
        composed = account_number.compose(cells)
        for index, code in composed.problems.items():
            found.end(index, code)
        raw = account_number.raw_cells(cells) if account_number.can_collide else nothing
        told = self._doubts.words.translated(cells, found)
        values = as_they_stand(self._layout, told, self._kind) | self._reader.read(told, count, found)
        values[_FOR_LOG] = for_log(self._layout, cells, self._kind) or nothing
        stand_ins = self._stand_ins(cells) if self._creates else nothing
        return [composed.numbers, raw, stand_ins, *(values.get(name, nothing) for name in self._names)]

    def _stand_ins(self, cells: Cells) -> list[str]:
        """'t' where no customer may be created for the account number: a part of it stands in the place of one."""
        parts = [cells[position] for position in self._layout.account_number.positions]
        found = [stand_ins(part) for part in parts]
        if not any(found):
            return [""] * len(parts[0])
        return ["t" if _stands_in(row, found) else "" for row in zip(*parts, strict=True)]

    def _compare_with_last(self, numbers: Sequence[str]) -> None:
        before = (self._last_number, *numbers)
        self.are_ascending = all(map(lt, before, numbers))
        self._last_number = before[-1]

    def _places(self, batch: Batch) -> tuple[list[str], list[str]]:
        """Ordinals and line numbers, first of the usable rows, then of the others."""
        bad = [problem.line or 0 for problem in batch.bad]
        lines = batch.line_nos + bad
        first, self._rows = self._rows, self._rows + len(lines)
        if not bad:
            return _both_as_text(first, lines)
        rank = {line: str(ordinal) for ordinal, line in enumerate(sorted(lines), start=first)}
        return [rank[line] for line in lines], list(map(str, lines))


def _both_as_text(first: int, lines: Sequence[int]) -> tuple[list[str], list[str]]:
    """Ordinals from the first one on, and line numbers. Where each line is a row they are nearly the same numbers."""
    count, ahead = len(lines), lines[0] - first if lines else 0
    if 0 <= ahead < count and lines[-1] - lines[0] == count - 1:
        numbers = list(map(str, range(first, first + ahead + count)))
        return numbers[:count], numbers[ahead:]
    return list(map(str, range(first, first + count))), list(map(str, lines))


def _stands_in(parts: Sequence[str], known: Sequence[Collection[str]]) -> bool:
    """Of several parts one may be of zeros or nines; a word or a mask is none in any place."""
    found = [part for part, stand_ins_there in zip(parts, known, strict=True) if part in stand_ins_there]
    return len(found) == len(parts) or not all(map(str.isdigit, found))


def as_they_stand(layout: Layout, cells: Cells, kind: ImportKind) -> Values:
    """The values of fields that hold any text; where it means more, the reader of the kind says what."""
    texts = (field for field in going_to(GoesTo.PLAN, kind) if field.spec.holds is Holds.TEXT)
    columns = {field.staged[0]: layout.column(cells, field) for field in texts}
    return {name: column for name, column in columns.items() if column is not None}


def staged_columns(kind: ImportKind) -> tuple[str, ...]:
    """The columns of the staging table that rows of this kind fill, what is for the log last."""
    required, optional = fields_of(kind)
    filled = dict.fromkeys(column for field in (*required, *optional) for column in field.staged)
    return (*(column for column in filled if column != _FOR_LOG), _FOR_LOG)


def _reader(definition: ImportDefinition, layout: Layout, context: Context, doubts: Doubts) -> KindReader:
    match definition.kind:
        case ImportKind.AUTOPAY:
            return AutopayReader(layout, definition.options, context, doubts)
        case ImportKind.PAPERLESS:
            return PaperlessReader(layout, definition.options, doubts)
        case ImportKind.REGISTRATION:
            return RegistrationReader(layout, doubts)


def _verdicts(found: Found, count: int) -> tuple[list[str], list[str]]:
    verdicts, codes = [""] * count, [""] * count
    for index, (outcome, _) in found.ended.items():
        verdicts[index] = outcome
    for index in found.warnings.keys() | found.ended.keys():
        codes[index] = "{" + ",".join(found.codes_of(index)) + "}"
    return verdicts, codes


def _blank_ended(columns: list[Sequence[str]], found: Found) -> list[Sequence[str]]:
    """Rows that have ended keep their account number and what is for the log: what is not needed is not stored."""
    numbers, *others, logged = (list(column) for column in columns)
    for index, (_, codes) in found.ended.items():
        if not _WITHOUT_NUMBER.isdisjoint(codes):
            numbers[index] = ""
        if LEFT_OUT in codes:
            logged[index] = ""
        for column in others:
            column[index] = ""
    return [numbers, *others, logged]


def _with_bad(columns: list[Sequence[str]], batch: Batch, excluded: Collection[int]) -> list[Sequence[str]]:
    if not batch.bad:
        return columns
    nothing = [""] * len(batch.bad)
    left_out = [problem.line in excluded for problem in batch.bad]
    outcomes = ["skipped" if out else "failed" for out in left_out]
    codes = [f"{{{LEFT_OUT if out else bad.code}}}" for bad, out in zip(batch.bad, left_out, strict=True)]
    places, (verdicts, listed, *values) = columns[:2], columns[2:]
    padded = ([*column, *nothing] for column in values)
    return [*places, [*verdicts, *outcomes], [*listed, *codes], *padded]
