"""An import definition: what to import, from which file, how the columns are read and what may be decided."""

from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from shared.contracts.contract import Contract, Count, Day, Id, Int4, Name, Size, Text
from shared.contracts.fields import FieldName
from shared.contracts.kinds import ImportKind, Permission

HeaderName = Annotated[Text, Field(min_length=1, max_length=300)]
Snippet = Annotated[Text, Field(min_length=1, max_length=50)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Word = Annotated[Text, Field(min_length=1, max_length=60)]
Meaning = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
ValueMap = dict[FieldName, Annotated[dict[Word, Meaning], Field(max_length=200)]]
InvoiceTypes = Annotated[tuple[Name, ...], Field(max_length=200)]
CodeNumber = Annotated[str, StringConstraints(pattern=r"^C[0-9]{3}$")]


class Input(Contract):
    """Part of a definition: unknown names are an error, since a misspelt option must not be ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Trim(Input):
    """Remove white space at both ends."""

    do: Literal["trim"]


class Upper(Input):
    """Upper-case ASCII letters."""

    do: Literal["upper"]


class DigitsOnly(Input):
    """Keep ASCII digits only."""

    do: Literal["digits_only"]


class Remove(Input):
    """Remove each of these characters."""

    do: Literal["remove"]
    characters: Snippet


class StripLeadingZeros(Input):
    """Remove zeros at the start (a value of zeros becomes empty)."""

    do: Literal["strip_leading_zeros"]


class PadLeft(Input):
    """Fill with zeros at the left to this length."""

    do: Literal["pad_left"]
    length: Annotated[int, Field(ge=1, le=50)]


class TakeFirst(Input):
    """Keep the first characters."""

    do: Literal["take_first"]
    count: Annotated[int, Field(ge=1, le=50)]


class TakeLast(Input):
    """Keep the last characters."""

    do: Literal["take_last"]
    count: Annotated[int, Field(ge=1, le=50)]


class DropLast(Input):
    """Remove the last characters, such as a check digit."""

    do: Literal["drop_last"]
    count: Annotated[int, Field(ge=1, le=50)]


class TakePart(Input):
    """Keep one of the parts between separators: of ``101-0001-02`` the second is ``0001``. One that lacks is empty."""

    do: Literal["take_part"]
    number: Annotated[int, Field(ge=1, le=50, description="1 is the first part")]
    separator: Snippet


class Replace(Input):
    """Replace each occurrence of a text."""

    do: Literal["replace"]
    old: Snippet
    new: Annotated[Text, Field(max_length=50)]


Transform = Annotated[
    Trim
    | Upper
    | DigitsOnly
    | Remove
    | StripLeadingZeros
    | PadLeft
    | TakeFirst
    | TakeLast
    | DropLast
    | TakePart
    | Replace,
    Field(discriminator="do"),
]


class ColumnPart(Input):
    """A part of the account number that comes from a column. An empty cell makes the account number empty (R101)."""

    column: HeaderName
    transforms: Annotated[tuple[Transform, ...], Field(max_length=50)] = ()


class LiteralPart(Input):
    """A constant part of the account number, such as ``WTR-``."""

    literal: Snippet


Part = ColumnPart | LiteralPart


class FileReference(Input):
    """A file of the Secure Upload, known by id and content."""

    id: UUID
    sha256: Sha256
    size: Annotated[Size, Field(description="bytes")]


class RecipeReference(Input):
    """A version of a saved recipe."""

    id: UUID
    version: Annotated[Int4, Field(ge=1)]


class Reading(Input):
    """How the file is read, where detection must be told."""

    encoding: Annotated[Text, Field(max_length=50)] | None = None
    delimiter: Annotated[Text, Field(min_length=1, max_length=1)] | None = None
    quote: Annotated[Text, Field(max_length=1)] | None = Field(
        default=None, description="the quote character; empty where the file quotes nothing"
    )
    header_line: Annotated[int, Field(ge=0, le=1000)] | None = Field(
        default=None, description="0 if the file has no header; its columns are called Column 1, Column 2 and so on"
    )


class Options(Input):
    """Choices that are not columns."""

    reading: Reading = Reading()
    bank_account_type_default: Literal["checking", "savings"] | None = None
    method_kind_default: Literal["ach", "card"] | None = None
    paperless_flag_reversed: bool = Field(
        default=False, description="the paperless flag says whether paper is wanted, as in PaperInvoices"
    )
    exclude_lines: Annotated[tuple[Annotated[Int4, Field(ge=1)], ...], Field(max_length=10_000)] = Field(
        default=(), description="lines of the file to skip"
    )
    effective_date: Day | None = Field(
        default=None, description="autopay: earliest collection date; no payment is collected before it"
    )
    attestation: Annotated[Text, Field(max_length=2000)] | None = Field(
        default=None,
        description="autopay and paperless: the biller's statement that the customers' consent carries over",
    )
    notify_customers: bool = Field(default=False, description="email every customer the import changes")


class NamedDecision(Input):
    """A decision taken in advance, for one class of findings."""

    choice: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
    typed_count: Count | None = Field(default=None, description="C201: the number of customers to create")


_YOUNGER_THAN_THE_LAST_RELEASE: Final = ("values",)


class StoredInput(Input):
    """What is kept in the database, where services of the last release read it, too."""

    def stored(self) -> dict[str, Any]:
        """As it is kept: what the last release does not know is left out where it says nothing."""
        silent = {name for name in _YOUNGER_THAN_THE_LAST_RELEASE if not getattr(self, name)}
        return self.model_dump(mode="json", exclude=silent)


class ImportDefinition(StoredInput):
    """Everything an import needs to know. Who asked, and with which right, the mapping service adds from the token."""

    biller_id: Id
    kind: ImportKind
    file: FileReference
    invoice_types: InvoiceTypes = Field(default=(), description="codes; autopay and paperless only")
    columns: dict[FieldName, HeaderName]
    values: ValueMap = Field(
        default={}, description="what words mean that the file uses and nobody knows, by field; e.g. CKG is checking"
    )
    account_number: Annotated[tuple[Part, ...], Field(max_length=50)] = Field(
        description="the account number: its parts in order"
    )
    options: Options = Options()
    recipe: RecipeReference | None = Field(
        default=None, description="the saved recipe this was made from: kept and shown; nothing is taken from it"
    )
    decide: Literal["ask"] | Annotated[dict[CodeNumber, NamedDecision], Field(max_length=200)] = Field(
        default="ask",
        description="'ask': the import waits until a person confirms it; or the decisions by code",
    )
    log_recipients: Annotated[tuple[UUID, ...], Field(max_length=100)] = Field(
        default=(), description="who gets the log: ids of the address book, since messages contain no address"
    )

    def asking(self) -> Self:
        return self.model_copy(update={"decide": "ask"})

    def differs_in_lines_and_meanings_alone(self, other: Self) -> bool:
        """Whether both read the same file in the same way, but for lines left out and for what words mean."""
        return self._of_all_lines() == other._of_all_lines()

    def _of_all_lines(self) -> Self:
        options = self.options.model_copy(update={"exclude_lines": ()})
        return self.model_copy(update={"options": options, "values": {}, "decide": "ask", "log_recipients": ()})


class Requester(Contract):
    """Who asked, and with which right."""

    subject: Text
    name: Text
    permission: Permission
