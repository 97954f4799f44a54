"""Recipes: a biller's mapping under a name, in versions, and how far a file has drifted from them. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field

from shared.contracts.account_number import columns_of
from shared.contracts.definition import (
    ColumnPart,
    FileReference,
    HeaderName,
    ImportDefinition,
    Input,
    InvoiceTypes,
    Options,
    Part,
    Reading,
    StoredInput,
    ValueMap,
)
from shared.contracts.definition_rules import BillerFacts, FileFacts, InvoiceTypeFacts, problems
from shared.contracts.events import RequestProblem
from shared.contracts.fields import FieldName
from shared.contracts.kinds import ImportKind, Permission
from shared.csvfile import column_key

LONGEST_NAME: Final = 100
_NO_FILE: Final = FileReference(id=UUID(int=0), sha256="0" * 64, size=0)
_JUDGED: Final = ("columns", "values", "invoice_types", "account_number", "options.reading")


class RecipeOptions(Input):
    """Options that hold for every file; dates, statements and lines belong to one import."""

    reading: Reading = Reading()
    bank_account_type_default: Literal["checking", "savings"] | None = None
    method_kind_default: Literal["ach", "card"] | None = None
    paperless_flag_reversed: bool = False
    notify_customers: bool = False


class RecipeContent(StoredInput):
    """What a recipe keeps of a definition."""

    invoice_types: InvoiceTypes = ()
    columns: dict[FieldName, HeaderName]
    values: ValueMap = Field(default={})
    account_number: Annotated[tuple[Part, ...], Field(min_length=1, max_length=50)]
    options: RecipeOptions = RecipeOptions()

    @property
    def headers(self) -> list[str]:
        return list(dict.fromkeys([*self.columns.values(), *columns_of(self.account_number)]))


@dataclass(frozen=True, slots=True)
class Drift:
    """How the header of a file differs from the one that a recipe was made with; the order does not matter."""

    missing: tuple[str, ...]  # named by the recipe, not in the file
    new: tuple[str, ...]  # in the file, not in the one of the recipe

    def __bool__(self) -> bool:
        return bool(self.missing or self.new)


@dataclass(frozen=True, slots=True)
class Fitted:
    """What of a recipe a file has; perhaps nothing."""

    columns: dict[FieldName, HeaderName]
    values: ValueMap
    account_number: tuple[Part, ...]


def drift_of(content: RecipeContent, saved_header: Iterable[str], header: Sequence[str]) -> Drift:
    here, before = set(map(column_key, header)), set(map(column_key, saved_header))
    return Drift(
        missing=tuple(name for name in content.headers if column_key(name) not in here),
        new=tuple(name for name in header if column_key(name) not in before),
    )


def fitted(content: RecipeContent, header: Sequence[str]) -> Fitted:
    """The recipe in the spelling of this header, without columns that are not there."""
    names = {column_key(name): name for name in header}
    columns = {field: names[column_key(name)] for field, name in content.columns.items() if column_key(name) in names}
    parts = [_fitted_part(part, names) for part in content.account_number]
    return Fitted(
        columns=columns,
        values={field: words for field, words in content.values.items() if field in columns},
        account_number=tuple(part for part in parts if part is not None),
    )


def taken_from(definition: ImportDefinition) -> RecipeContent:
    options = definition.options.model_dump(include=set(RecipeOptions.model_fields))
    return RecipeContent(
        invoice_types=definition.invoice_types,
        columns=definition.columns,
        values=definition.values,
        account_number=definition.account_number,
        options=RecipeOptions.model_validate(options),
    )


def content_problems(
    biller_id: int,
    kind: ImportKind,
    content: RecipeContent,
    permission: Permission,
    types: dict[str, InvoiceTypeFacts],
) -> list[RequestProblem]:
    definition = ImportDefinition(
        biller_id=biller_id,
        kind=kind,
        file=_NO_FILE,
        invoice_types=content.invoice_types,
        columns=content.columns,
        values=content.values,
        account_number=content.account_number,
        options=Options(reading=content.options.reading),
    )
    facts = BillerFacts(permission=permission, invoice_types=types, file=FileFacts(_NO_FILE.sha256, _NO_FILE.size))
    found = problems(definition, facts, date.max)
    return [problem for problem in found if problem.code == "F011" or problem.place.startswith(_JUDGED)]


def _fitted_part(part: Part, names: dict[str, str]) -> Part | None:
    if not isinstance(part, ColumnPart):
        return part
    name = names.get(column_key(part.column))
    return None if name is None else part.model_copy(update={"column": name})
