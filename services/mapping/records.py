"""What is read of billers, drafts, imports and recipes. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.mapping.domain import State
from services.mapping.draft import Content, version_of
from services.mapping.recipes import RecipeContent
from shared.contracts.definition_rules import InvoiceTypeFacts
from shared.contracts.kinds import ImportKind, Permission
from shared.contracts.lines import ChosenRows


@dataclass(frozen=True, slots=True)
class ListedBiller:
    id: int
    name: str
    permission: Permission
    may_approve: bool


@dataclass(frozen=True, slots=True)
class Biller:
    """An active biller."""

    id: int
    name: str
    linked_accounts: bool
    folds_case: bool
    """Whether its account numbers are the same in upper and lower case."""


@dataclass(frozen=True, slots=True)
class Existing:
    """A customer with a number that was asked for."""

    number: str
    """As the CRM has it."""
    status: str


@dataclass(frozen=True, slots=True)
class InvoiceType:
    """An active invoice type of a biller."""

    code: str
    alias: str
    autopay_allowed: bool
    paperless_allowed: bool

    def facts(self) -> InvoiceTypeFacts:
        return InvoiceTypeFacts(autopay_allowed=self.autopay_allowed, paperless_allowed=self.paperless_allowed)


@dataclass(frozen=True, slots=True)
class Import:
    id: UUID
    biller_id: int
    kind: ImportKind
    state: State
    check_no: int | None
    definition: Mapping[str, Any]
    requester: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime
    undoes: UUID | None = None
    """The import that this one undoes; the definition is then that import's."""
    undoes_rows: ChosenRows | None = None
    """The rows of it that were chosen; None: all that were applied."""
    retries: UUID | None = None
    """The import that this one is a round of."""
    round: int | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why the executors begin no further chunk until an operator resumes the import."""

    since: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """One version of a recipe."""

    id: UUID
    biller_id: int
    kind: ImportKind
    name: str
    version: int
    content: RecipeContent
    header: tuple[str, ...]
    saved_by: str
    saved_by_name: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Returned:
    """What a second person did not approve, and why."""

    note: str
    returned_by_name: str
    returned_at: datetime


@dataclass(frozen=True, slots=True)
class CorrectedCell:
    """A cell that somebody corrected, before and after, as people may see it."""

    line_no: int
    column_name: str
    before: str
    after: str
    corrected_by: str
    corrected_at: datetime


@dataclass(frozen=True, slots=True)
class CorrectedCells:
    """How many cells were corrected in how many rows, and the first of them."""

    cells: int = 0
    rows: int = 0
    first: Sequence[CorrectedCell] = ()


@dataclass(frozen=True, slots=True)
class Considered:
    """An answer before it is confirmed, with who gave it when."""

    code: str
    choice: str
    count_seen: int | None
    considered_by_name: str
    considered_at: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody has begun to define."""

    id: UUID
    biller_id: int
    content: Content
    import_id: UUID | None
    attempt: int
    updated_at: datetime

    @property
    def version(self) -> str:
        return version_of(self.biller_id, self.content)


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft in the list of the start page."""

    id: UUID
    content: Content
    updated_at: datetime
    import_id: UUID | None
    biller_name: str
    state: str | None


@dataclass(frozen=True, slots=True)
class Access:
    """What a person may do at a biller, or at every biller, and who else may approve there."""

    biller_id: int | None
    biller_name: str | None
    permission: Permission
    may_approve: bool
    may_replace_owner: bool
    may_undo: bool
    may_operate: bool
    may_audit: bool
    approvers: Sequence[str]

    @property
    def kinds(self) -> list[ImportKind]:
        return [kind for kind in ImportKind if self.permission in kind.spec.permissions]
