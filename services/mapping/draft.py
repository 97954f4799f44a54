"""What a draft holds, which steps it has, and the definition it becomes. Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.definition import FileReference, ImportDefinition, Options, Part, Reading, RecipeReference
from shared.contracts.fields import FieldName
from shared.contracts.kinds import ImportKind

ENROLLING: Final = (ImportKind.AUTOPAY, ImportKind.PAPERLESS)


class ChosenFile(BaseModel):
    """The file of a draft."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    name: str
    size: int
    sha256: str


class ChosenRecipe(BaseModel):
    """The recipe of a draft, and how the header of the file differs from what it knows."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    version: int
    name: str
    missing: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    seen: bool = True  # whether a person has gone on after being told of the difference


class Content(BaseModel):
    """Everything chosen so far."""

    model_config = ConfigDict(frozen=True)

    kind: ImportKind | None = None
    file: ChosenFile | None = None
    reading: Reading = Reading()
    invoice_types: tuple[str, ...] = ()
    columns: Annotated[dict[FieldName, str] | None, Field(description="none: not yet looked at")] = None
    paperless_flag_reversed: bool = False
    method_kind_default: Literal["ach", "card"] | None = None
    bank_account_type_default: Literal["checking", "savings"] | None = None
    effective_date: date | None = None
    attestation: str = ""
    notify_customers: bool = False
    parts: tuple[Part, ...] = ()
    arranged: bool = False
    recipe: ChosenRecipe | None = None
    exclude_lines: tuple[int, ...] = ()

    def with_changes(self, **changes: object) -> "Content":
        """The same with something else chosen."""
        return self.model_copy(update=changes)

    def asks_for(self, biller_id: int, definition: ImportDefinition) -> bool:
        """Whether a definition is what was chosen; that it was kept as a recipe since makes no other of it."""
        if self.kind is None or self.file is None:
            return False
        mine, other = (one.model_copy(update={"recipe": None}) for one in (self.definition(biller_id), definition))
        return mine == other

    def definition(self, biller_id: int) -> ImportDefinition:
        """As the mapping service takes it; every check asks a person before anything is written."""
        if self.kind is None or self.file is None:
            raise ValueError("a draft without kind or file is no definition")
        return ImportDefinition(
            biller_id=biller_id,
            kind=self.kind,
            file=FileReference(id=self.file.id, sha256=self.file.sha256, size=self.file.size),
            invoice_types=self.invoice_types if self.kind in ENROLLING else (),
            columns=self.columns or {},
            account_number=self.parts,
            options=self._options(),
            recipe=RecipeReference(id=self.recipe.id, version=self.recipe.version) if self.recipe else None,
        )

    def _options(self) -> Options:
        if self.kind is ImportKind.AUTOPAY:
            return Options(
                reading=self.reading,
                exclude_lines=self.exclude_lines,
                method_kind_default=self.method_kind_default,
                bank_account_type_default=self.bank_account_type_default,
                effective_date=self.effective_date,
                attestation=self.attestation or None,
                notify_customers=self.notify_customers,
            )
        is_paperless = self.kind is ImportKind.PAPERLESS
        return Options(
            reading=self.reading,
            exclude_lines=self.exclude_lines,
            paperless_flag_reversed=is_paperless and self.paperless_flag_reversed,
            attestation=self.attestation or None if is_paperless else None,
            notify_customers=self.notify_customers,
        )


@dataclass(frozen=True, slots=True)
class Step:
    """A page of the wizard."""

    key: str
    title: str
    done: bool


def steps_of(content: Content) -> list[Step]:
    """The pages of a draft; which there are follows from its kind."""
    mapped = content.columns is not None and (content.recipe is None or content.recipe.seen)
    enrols = content.kind in ENROLLING or content.kind is None
    choices = "Autopay choices" if content.kind is ImportKind.AUTOPAY else "Permission"
    found = [
        Step("biller", "Biller", done=True),
        Step("kind", "Kind", content.kind is not None),
        Step("file", "File", content.file is not None),
        *([Step("invoice-types", "Invoice types", bool(content.invoice_types))] if enrols else []),
        Step("columns", "Columns", mapped),
        *([Step("choices", choices, bool(content.attestation))] if enrols else []),
        Step("account-number", "Account number", bool(content.parts)),
        Step("order", "Order", content.arranged),
    ]
    return [*found, Step("check", "Check", done=False), Step("review", "Review", done=False)]


def next_step(content: Content, after: str) -> str:
    """The page behind this one."""
    keys = [step.key for step in steps_of(content)]
    return keys[min(keys.index(after) + 1, len(keys) - 1)]


def first_open(content: Content) -> str:
    """The first page on which something is missing."""
    return next(step.key for step in steps_of(content) if not step.done)
