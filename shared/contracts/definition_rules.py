"""What a definition must be before a file is read. Mapping asks at the door, validation asks the same again."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from shared.contracts.account_number import columns_of
from shared.contracts.codes import CODES, Level, offered
from shared.contracts.codes.names import CONTINUE, CREATE, FEW_FOUND, NOT_FOUND
from shared.contracts.definition import (
    ColumnPart,
    ImportDefinition,
    LiteralPart,
    NamedDecision,
    Part,
    Reading,
    Remove,
    Replace,
    TakePart,
    ValueMap,
)
from shared.contracts.events import RequestProblem
from shared.contracts.fields import FieldName, has_required, only_required, required_words
from shared.contracts.kinds import ImportKind, Permission
from shared.csvfile import CsvOptions, UnusableOption, column_key, names_bank_number, secret_in_text

# Problems that no code of the registry names, since a file is not concerned.
UNKNOWN_RECIPIENT: Final = "unknown_recipient"
UNUSABLE_DECISION: Final = "unusable_decision"

_MOST_CUSTOMERS_ALONE: Final = 5_000
_LARGEST_SHARE_ALONE: Final = 5  # one fifth of the biller's customers


@dataclass(frozen=True, slots=True)
class InvoiceTypeFacts:
    """What an invoice type of the biller allows."""

    autopay_allowed: bool
    paperless_allowed: bool
    active: bool = True


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file as the register of the Secure Upload has it."""

    sha256: str
    size: int
    removed: str | None = None  # the code for which it was removed, or a word for why else


@dataclass(frozen=True, slots=True)
class BillerFacts:
    """What has to be known about the biller of a definition.

    ``permission`` is that of the person who asks. ``file`` is the definition's file if it belongs to this biller.
    ``recipients`` are the ids of the definition that stand in the address book; None leaves them unchecked, for those
    who cannot see it.
    """

    permission: Permission | None
    invoice_types: dict[str, InvoiceTypeFacts]
    file: FileFacts | None
    recipients: frozenset[UUID] | None = None


def problems(definition: ImportDefinition, facts: BillerFacts, today: date) -> list[RequestProblem]:
    """Everything that is wrong with a definition; empty where it is fine.

    Without the right nothing else is said: the answer must not tell what the biller has. Nor is anything else where a
    text holds a card number, since an answer may quote the text.
    """
    denied = list(_right(definition, facts)) or list(secret_problems(_free_texts(definition)))
    if denied:
        return denied
    return [
        *_file(definition, facts),
        *column_problems(definition.kind, definition.columns),
        *_account_columns(definition),
        *value_problems(definition.columns, definition.values),
        *_invoice_types(definition, facts),
        *account_number_problems(definition.account_number),
        *_reading(definition.options.reading),
        *_options(definition, today),
        *_decisions(definition),
        *_recipients(definition, facts),
    ]


def file_free_problems(definition: ImportDefinition) -> list[RequestProblem]:
    """What is wrong with words, parts and decisions, whoever asks and whatever the biller has."""
    return list(secret_problems(_free_texts(definition))) or [
        *_mapped_twice(definition.columns),
        *_account_columns(definition),
        *value_problems(definition.columns, definition.values),
        *(one for one in account_number_problems(definition.account_number) if one.code == "F021"),
        *_decisions(definition),
    ]


def decision_problem(code: str, decision: NamedDecision, place: str) -> RequestProblem | None:
    known = CODES.get(code)
    if known is None or known.level is not Level.CONTINUABLE:
        remedy = "Decide only codes that have choices"
        return RequestProblem(code=UNUSABLE_DECISION, place=place, message="This code has no choices", remedy=remedy)
    if decision.choice not in known.choices:
        message = f"“{known.title}” has no choice “{decision.choice}”"
        return RequestProblem(code=UNUSABLE_DECISION, place=place, message=message, remedy=offered(known))
    return None


def enrolls(invoice_type: InvoiceTypeFacts, kind: ImportKind) -> bool:
    match kind:
        case ImportKind.AUTOPAY:
            return invoice_type.active and invoice_type.autopay_allowed
        case ImportKind.PAPERLESS:
            return invoice_type.active and invoice_type.paperless_allowed
        case ImportKind.REGISTRATION:
            return False


def needs_second_person(customers_made: int, customers_of_biller: int) -> bool:
    """Whether one person alone may not decide to make that many customers (C201)."""
    return customers_made > _MOST_CUSTOMERS_ALONE or customers_made * _LARGEST_SHARE_ALONE > customers_of_biller


def coded_problem(code: str, place: str, message: str = "", remedy: str = "") -> RequestProblem:
    """A problem with a code of the registry, which also gives what is not said here."""
    known = CODES[code]
    return RequestProblem(code=code, place=place, message=message or known.title, remedy=remedy or known.remedy)


def _right(definition: ImportDefinition, facts: BillerFacts) -> Iterator[RequestProblem]:
    if facts.permission not in definition.kind.spec.permissions:
        yield coded_problem("F011", "kind")


def _file(definition: ImportDefinition, facts: BillerFacts) -> Iterator[RequestProblem]:
    if facts.file is None:
        yield coded_problem("F018", "file.id", "The file is not in the biller's Secure Upload")
        return
    if facts.file.removed is not None:
        yield _removed(facts.file.removed)
        return
    if facts.file.sha256 != definition.file.sha256:
        yield coded_problem("F018", "file.sha256")
    if facts.file.size != definition.file.size:
        yield coded_problem("F018", "file.size")


def _removed(reason: str) -> RequestProblem:
    if reason not in CODES:
        message = "" if reason == "deleted" else " after its retention period"
        remedy = "Upload the file again"
    else:
        message, remedy = f": {CODES[reason].title}", "Upload a corrected file"
    return coded_problem("F018", "file.id", f"The file was removed from Secure Upload{message}", remedy)


def column_problems(
    kind: ImportKind, columns: Mapping[FieldName, str], word: Callable[[FieldName], str] = str
) -> Iterator[RequestProblem]:
    """F007: the kind has the columns it needs, and none is two fields. ``word`` is what a field is called."""
    if not has_required(kind, columns):
        only = only_required(kind)
        yield coded_problem("F007", "columns" if only is None else f"columns.{only}", *required_words(kind, word))
    yield from _mapped_twice(columns, word)


def _mapped_twice(columns: Mapping[FieldName, str], word: Callable[[FieldName], str] = str) -> Iterator[RequestProblem]:
    by_header = defaultdict(list)
    for field, header in columns.items():
        by_header[column_key(header)].append(field)
    for fields in by_header.values():
        for field in fields[1:]:
            message = f'Column "{columns[field]}" is mapped twice: to {word(fields[0])} and to {word(field)}'
            yield coded_problem("F007", f"columns.{field}", message, "Choose another column for one of them")


def _account_columns(definition: ImportDefinition) -> Iterator[RequestProblem]:
    account_columns = set(map(column_key, columns_of(definition.account_number)))
    for field, header in definition.columns.items():
        if column_key(header) in account_columns and not field.spec.makes_account_numbers:
            yield coded_problem("F007", f"columns.{field}", f'Column "{header}" is part of the account number')


def value_problems(columns: Collection[FieldName], values: ValueMap) -> Iterator[RequestProblem]:
    """F022: words are explained for fields that have meanings and a column, and each is one of the field's."""
    for field, words in values.items():
        meanings = field.spec.meanings
        if not meanings or field not in columns:
            remedy = "Map the field to a column, or remove its values" if meanings else "Remove its values"
            yield coded_problem("F022", f"values.{field}", "This field takes no meanings", remedy)
            continue
        for word, meaning in words.items():
            where = f"values.{field}.{word}"
            if meaning not in meanings:
                yield coded_problem("F022", where, remedy=f"Choose one of: {', '.join(meanings)}")
            elif field.spec.is_day_or_amount and any(map(str.isdigit, word)):
                yield coded_problem("F022", where, "Here only words have a meaning, not numbers", "Remove this value")


def _invoice_types(definition: ImportDefinition, facts: BillerFacts) -> Iterator[RequestProblem]:
    chosen = definition.invoice_types
    if definition.kind.spec.enrollment is None:
        if chosen:
            message = f"{definition.kind.spec.label} has no invoice types"
            yield coded_problem("F012", "invoice_types", message, "Remove the invoice types")
        return
    if not chosen:
        yield coded_problem("F012", "invoice_types")
    for index, code in enumerate(chosen):
        place = f"invoice_types[{index}]"
        if code in chosen[:index]:
            yield coded_problem("F012", place, "The invoice type is selected twice", "Select each type once")
        elif code not in facts.invoice_types:
            known = ", ".join(
                sorted(code for code, one in facts.invoice_types.items() if enrolls(one, definition.kind))
            )
            yield coded_problem(
                "F013", place, f"The biller has no invoice type {code}", f"Choose from: {known or 'none'}"
            )
        elif not enrolls(facts.invoice_types[code], definition.kind):
            yield coded_problem("F013", place, f"Invoice type {code} doesn't allow {definition.kind}")


def account_number_problems(parts: Sequence[Part]) -> Iterator[RequestProblem]:
    """F014, F021: some column makes the number, and none of bank account numbers does."""
    if not parts:
        yield coded_problem("F014", "account_number", "The account number is empty", "Add the column that contains it")
    elif not any(columns_of(parts)):
        message = "Fixed text alone gives every row the same account number"
        yield coded_problem("F014", "account_number", message, "Add at least one column")
    for index, part in enumerate(parts):
        if isinstance(part, ColumnPart) and names_bank_number(part.column):
            yield coded_problem("F021", f"account_number[{index}]")


def secret_problems(texts: Iterable[tuple[str, str]]) -> Iterator[RequestProblem]:
    """F008: what people write is kept with the import, and recipes are never changed again."""
    for place, text in texts:
        if found := secret_in_text(text):
            yield coded_problem("F008", place, f"The text contains {found}", "Remove it")


def _reading(reading: Reading) -> Iterator[RequestProblem]:
    """Asked here and not of the type: what earlier releases accepted must still be decoded, to be shown."""
    try:
        CsvOptions(**reading.model_dump())
    except UnusableOption as error:
        message, remedy = f"The file can't be read that way: {error}", "Correct how the file is read"
        yield coded_problem("F003", f"options.reading.{error.option}", message, remedy)


def _free_texts(definition: ImportDefinition) -> Iterator[tuple[str, str]]:
    yield "options.attestation", definition.options.attestation or ""
    yield from reading_texts(definition.options.reading)
    yield from ((f"invoice_types[{index}]", code) for index, code in enumerate(definition.invoice_types))
    yield from mapping_texts(definition.columns, definition.values)
    yield from account_number_texts(definition.account_number)


def reading_texts(reading: Reading) -> Iterator[tuple[str, str]]:
    yield "options.reading.encoding", reading.encoding or ""


def mapping_texts(columns: Mapping[FieldName, str], values: ValueMap) -> Iterator[tuple[str, str]]:
    yield from ((f"columns.{field}", header) for field, header in columns.items())
    for field, words in values.items():
        yield from ((f"values.{field}", word) for word in words)


def account_number_texts(parts: Sequence[Part]) -> Iterator[tuple[str, str]]:
    """What people wrote in a setup, by place: all of it in a row, too, since two halves make a whole number."""
    yield "account_number", "".join(_written(part) for part in parts)
    for index, part in enumerate(parts):
        if isinstance(part, ColumnPart):
            yield f"account_number[{index}]", part.column
            yield from ((f"account_number[{index}]", text) for text in _texts_of_changes(part))


def _written(part: Part) -> str:
    return part.literal if isinstance(part, LiteralPart) else "".join(_texts_of_changes(part))


def _texts_of_changes(part: ColumnPart) -> Iterator[str]:
    for transform in part.transforms:
        if isinstance(transform, Replace):
            yield transform.old
            yield transform.new
        elif isinstance(transform, Remove):
            yield transform.characters
        elif isinstance(transform, TakePart):
            yield transform.separator


def _options(definition: ImportDefinition, today: date) -> Iterator[RequestProblem]:
    options = definition.options
    yield from consent_problems(definition.kind, options.effective_date, options.attestation, today)


def consent_problems(
    kind: ImportKind, effective_date: date | None, attestation: str | None, today: date
) -> Iterator[RequestProblem]:
    """F016, F019: from when is collected, and who says that the customers agreed."""
    enrollment = kind.spec.enrollment
    if enrollment is None:
        return
    if enrollment.starts_on_a_day and (effective_date is None or effective_date < today):
        yield coded_problem("F016", "options.effective_date")
    if not (attestation or "").strip():
        yield coded_problem("F019", "options.attestation")


def _decisions(definition: ImportDefinition) -> Iterator[RequestProblem]:
    if definition.decide == "ask":
        return
    for code, decision in definition.decide.items():
        problem = decision_problem(code, decision, f"decide.{code}")
        if problem is not None:
            yield problem
    if _makes_uncounted_customers(definition.decide):
        yield RequestProblem(
            code=UNUSABLE_DECISION,
            place=f"decide.{FEW_FOUND}.typed_count",
            message="The number of customers to create is missing",
            remedy="Enter typed_count, or use `decide: ask`",
        )


def _makes_uncounted_customers(decide: dict[str, NamedDecision]) -> bool:
    few_found, not_found = decide.get(FEW_FOUND), decide.get(NOT_FOUND)
    return (
        few_found is not None
        and not_found is not None
        and (few_found.choice, few_found.typed_count, not_found.choice) == (CONTINUE, None, CREATE)
    )


def _recipients(definition: ImportDefinition, facts: BillerFacts) -> Iterator[RequestProblem]:
    if facts.recipients is not None:
        yield from unknown_recipients(definition.log_recipients, facts.recipients)


def unknown_recipients(named: Iterable[UUID], known: Collection[UUID]) -> Iterator[RequestProblem]:
    for index, recipient in enumerate(named):
        if recipient not in known:
            yield RequestProblem(
                code=UNKNOWN_RECIPIENT,
                place=f"log_recipients[{index}]",
                message="This recipient is not in the biller's address book",
                remedy="Add the address to the address book, then use its ID",
            )
