"""What people see of billers, files, recipes and imports: the API shows it as JSON, the pages as HTML. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.mapping.domain import Check, Finding, State
from services.mapping.recipes import RecipeContent
from shared.contracts.canary import Canary
from shared.contracts.checks import CheckState
from shared.contracts.codes import CODES, Level, by_weight, code_title
from shared.contracts.finding_text import finding_text
from shared.contracts.kinds import ImportKind, Permission
from shared.contracts.lines import ChosenRows
from shared.contracts.outcomes import Outcome
from shared.contracts.plan import Impact
from shared.contracts.queue import QueuePlace

KindHint = ImportKind | Literal["unknown"]
LONGEST_EMAIL: Final = 320  # RFC 3696


class Body(BaseModel):
    """The base of what is answered."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class ProblemItem(Body):
    """One problem: a stable code, the place and the remedy."""

    code: str
    place: str
    message: str
    remedy: str


class BillerItem(Body):
    """A biller that you may import for."""

    id: int
    name: str
    permission: Permission
    may_approve: bool = Field(description="whether you may approve as the second person")


class BillerList(Body):
    """Billers by name."""

    items: list[BillerItem]


class InvoiceTypeItem(Body):
    """An invoice type that can be chosen."""

    code: str
    alias: str
    autopay_allowed: bool
    paperless_allowed: bool


class KindItem(Body):
    """A kind of import, offered or not."""

    kind: ImportKind
    offered: bool
    why_not: list[ProblemItem]


class BillerDetail(BillerItem):
    """A biller with what can be imported there."""

    linked_accounts: bool = Field(description="whether one login may own several accounts")
    invoice_types: list[InvoiceTypeItem]
    kinds: list[KindItem]
    secure_upload: dict[KindHint, int] = Field(description="files that you can use, by kind")


class FileItem(Body):
    """A file of the Secure Upload."""

    id: UUID
    name: str
    size: int = Field(description="bytes")
    sha256: str
    uploaded_at: datetime
    kind_hint: KindHint
    imported_before: bool = Field(description="whether an import of the same content has completed at this biller")
    in_use: bool = Field(default=False, description="whether an import uses it; then it can't be deleted")


class FileList(Body):
    """A page of files, newest first."""

    items: list[FileItem]
    next: UUID | None = Field(default=None, description="`after` of the next page; null on the last page")


class UploadPart(Body):
    """A part of an upload that has arrived."""

    size: int = Field(description="bytes")
    sha256: str = Field(description="of this part")


class UploadItem(Body):
    """An upload in parts."""

    id: UUID
    name: str
    kind_hint: KindHint
    length: int = Field(description="bytes of the whole file")
    offset: int = Field(description="bytes that have arrived; `length` once it is a file, and not before")
    expires_at: datetime = Field(description="when it is removed if no part arrives until then")
    parts: list[UploadPart] = Field(
        default_factory=list, description="what has arrived, in order, to compare with the file before more is sent"
    )
    file: FileItem | None = Field(default=None, description="the file that it has become")


class UploadList(Body):
    """Unfinished uploads, last touched first."""

    items: list[UploadItem] = Field(description="without `parts`")


class RecipientItem(Body):
    """An entry of the address book: definitions refer to the ID, so that messages contain no address."""

    id: UUID
    email: str


class RecipientList(Body):
    """The address book of a biller."""

    items: list[RecipientItem]


class DecisionItem(Body):
    """A decision, with who made it and when."""

    code: str
    choice: str
    count_seen: int | None = Field(description="null if the definition named it")
    typed_count: int | None
    decided_by: str
    decided_by_name: str = Field(description="the ID if no name was stored")
    decided_at: datetime
    approved_by: str | None = Field(description="the second person")
    approved_by_name: str | None
    approved_at: datetime | None


class RecipeItem(Body):
    """A recipe: its newest version, or the one asked for."""

    id: UUID
    name: str
    kind: ImportKind
    version: int
    saved_by: str
    saved_by_name: str
    saved_at: datetime


class RecipeList(Body):
    """Recipes of a biller, the one saved last first."""

    items: list[RecipeItem]


class RecipeDetail(RecipeItem):
    """A version of a recipe with its contents."""

    content: RecipeContent
    header: list[str] = Field(description="columns of the file that the recipe was saved with")
    versions: list[RecipeItem] = Field(description="all versions, newest first")


class DriftBody(Body):
    """How the columns of a file differ from those that a recipe knows. The order does not matter."""

    missing: list[str] = Field(description="named in the recipe, missing in the file")
    new: list[str] = Field(description="columns that the recipe does not name")


class RecipeOfImport(Body):
    """The recipe that an import was made from."""

    id: UUID
    name: str
    version: int
    is_changed: bool = Field(description="whether the import's definition differs from this version of the recipe")


class LogRecipients(Body):
    """Who gets the log of an import: those of the definition, or those chosen when it was confirmed."""

    recipients: list[UUID] = Field(description="IDs of address book entries")
    chosen_by: str | None = Field(description="null if they are those of the definition")
    chosen_at: datetime | None


class DefinitionDetail(Body):
    """An import as mapping knows it; counts and progress are the notifier's."""

    import_id: UUID
    biller_id: int
    kind: ImportKind
    state: State
    check_no: int | None = Field(description="the newest check that mapping knows of")
    definition: dict[str, Any]
    requester: dict[str, Any]
    decisions: list[DecisionItem]
    log_recipients: LogRecipients
    recipe: RecipeOfImport | None = Field(description="the recipe it was made from")
    created_at: datetime
    updated_at: datetime
    undoes: UUID | None = Field(
        default=None, description="the import that this one undoes; `definition` is then the one of that import"
    )
    undoes_rows: ChosenRows | None = Field(
        default=None, description="the rows that were chosen to be undone; null: all that were applied"
    )
    canary: Canary | None = Field(default=None, description="the rows it starts with, if a person looks at them first")
    retries: UUID | None = Field(default=None, description="the import that this one is a round of")
    round: int | None = Field(default=None, description="which round of it; the first one is 2")


class FindingItem(Body):
    """What a code means here, how often it was found and what can be decided."""

    code: str
    level: str = Field(description="F file, R row, C decision, W notice, S skipped by rule")
    title: str
    message: str = Field(description="what exactly is wrong; empty if the title says everything")
    place: str = Field(description="where in the file, such as 'line 3, column 2'; empty if it is not one place")
    remedy: str
    count: int = Field(description="what the code counts: rows, or accounts, logins, columns, cells, changes")
    detail: dict[str, Any] = Field(
        description="places and numbers; for C242, C243 and W304, words and columns of the file"
    )
    sample_lines: list[int]
    choices: list[str]
    default: str | None = Field(description="the choice that applies unless somebody decides otherwise")


class CheckBody(Body):
    """The newest check of an import."""

    import_id: UUID
    check_no: int | None = Field(description="null until validation knows of the import")
    state: CheckState
    queue: QueuePlace | None = Field(default=None, description="where it waits for its turn; null if it waits for none")
    rows_read: int
    findings: list[FindingItem]
    planned: dict[str, int] | None = Field(description="rows by planned outcome, and their sum as `read`")
    impact: Impact = Field(description="what will change")
    undecided: list[str] = Field(description="codes that need a decision before the import can continue")
    answers: dict[str, str] = Field(description="by code, the choice decided or considered so far, as shown to you")
    second_person_needed: bool = Field(description="everything is decided; a second person has to approve")
    approval_refused: str | None = Field(
        default=None, description="why you can't be that person, in words; null if you can, or nobody is needed"
    )
    customers_emailed: int = Field(
        default=0,
        description="logins that get an email; 0 if the import sends none, or the biller's emails are switched off",
    )


class PlanChange(Body):
    """One change of a row."""

    what: Literal["customer", "login", "login_email", "delivery_email", "payment_method", "enrolment"]
    before: str = Field(description="empty if there was none")
    after: str = Field(description="only the last four characters of bank accounts and cards")
    invoice_type: str | None = Field(description="for an enrollment")


class RowOutcome(Body):
    """What became of one row."""

    outcome: Outcome
    codes: list[str]
    changed: list[str] = Field(description="what changed in the CRM after the check (R198)")


class AccountsElsewhere(Body):
    """Accounts at another biller, of which no more is told."""

    biller: str = Field(description="its name", examples=["Harbor Mutual"])
    accounts: int = Field(examples=[1])


class AlsoOwned(Body):
    """The other accounts that the login of a row owns, as of now."""

    account_numbers: list[str] = Field(description="the first 20 at this biller", examples=[["WTR-0001", "WTR-0002"]])
    accounts: int = Field(description="how many there are at this biller", examples=[2])
    elsewhere: list[AccountsElsewhere]


class PlanRow(Body):
    """What the plan says of one row."""

    line: int
    outcome: Outcome
    codes: list[str]
    account_number: str | None
    changes: list[PlanChange]
    also_owned: AlsoOwned | None = Field(
        default=None, description="what a new email reaches; null where the login keeps its email or is new"
    )
    result: RowOutcome | None = Field(default=None, description="its result; null until it has one")


class PlanPage(Body):
    """A page of the plan."""

    items: list[PlanRow]
    next: str | None = Field(description="`after` of the next page; null on the last page")
    removed_at: datetime | None = Field(
        default=None, description="when the rows were removed after their retention period"
    )


class PlanSamples(Body):
    """Some rows of each kind of change."""

    kinds: dict[str, list[PlanRow]]


def check_body(
    import_id: UUID,
    check: Check | None,
    answers: Mapping[str, str],
    *,
    second_person_needed: bool,
    emails_off: bool = False,
) -> CheckBody:
    if check is None:
        return CheckBody(
            import_id=import_id,
            check_no=None,
            state="pending",
            rows_read=0,
            findings=[],
            planned=None,
            impact=Impact(),
            undecided=[],
            answers=dict(answers),
            second_person_needed=False,
        )
    return CheckBody.model_validate(
        {
            "import_id": import_id,
            "check_no": check.check_no,
            "state": check.state,
            "rows_read": check.rows_read,
            "findings": [
                _finding(found.code, found.count, found.detail, found.sample_lines)
                for found in sorted(check.findings, key=lambda one: _weight(one, check.undecided))
            ],
            "planned": None if check.planned is None else {**check.planned, "read": sum(check.planned.values())},
            "impact": check.impact,
            "undecided": list(check.undecided),
            "answers": dict(answers),
            "second_person_needed": second_person_needed,
            "customers_emailed": 0 if emails_off else check.impact.customers_emailed,
        }
    )


def _weight(found: Finding, undecided: Sequence[str]) -> tuple[int, bool, int, str]:
    return by_weight(found.code, found.count, is_open=found.code in undecided)


def _finding(code: str, count: int, detail: Mapping[str, object], sample_lines: Sequence[int]) -> FindingItem:
    known, words = CODES.get(code), finding_text(detail)
    return FindingItem(
        code=code,
        level=known.level if known else Level(code[0]),
        title=code_title(code),
        message=words.message,
        place=words.place,
        remedy=words.remedy or (known.remedy if known else ""),
        count=count,
        detail=dict(detail),
        sample_lines=list(sample_lines),
        choices=list(known.choices) if known else [],
        default=known.default if known else None,
    )
