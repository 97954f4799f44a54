"""The parts of what the two interfaces answer that the command line reads; newer services may answer more."""

from typing import NotRequired, TypedDict


class Biller(TypedDict):
    """A biller that the person may import to."""

    id: int
    name: str


class StoredFile(TypedDict):
    """A file in the Secure Upload."""

    id: str
    sha256: str
    size: int


class Part(TypedDict, total=False):
    """A part of the account number: a column with its transforms, or a text."""

    column: str
    literal: str
    transforms: list[dict[str, object]]


class RecipeReference(TypedDict):
    """A version of a recipe."""

    id: str
    version: int


class Recipe(RecipeReference):
    """A recipe in one version."""

    name: str
    kind: str
    saved_by_name: str
    saved_at: str


class RecipeContent(TypedDict):
    """What a recipe holds of a definition."""

    columns: dict[str, str]
    values: NotRequired[dict[str, dict[str, str]]]
    account_number: list[Part]
    invoice_types: list[str]
    options: dict[str, object]


class RecipeDetail(Recipe):
    """A recipe with what it holds."""

    content: RecipeContent


class Drift(TypedDict):
    """How the columns of a file differ from those that a recipe knows."""

    missing: list[str]
    new: list[str]


class Definition(TypedDict, total=False):
    """A definition file, with its short forms written out."""

    biller: str | int
    kind: str
    columns: dict[str, str]
    values: dict[str, dict[str, str]]
    account_number: list[Part]
    invoice_types: list[str]
    options: dict[str, object]
    decide: dict[str, object] | str
    log_recipients: list[str]
    recipe: RecipeReference


class Decision(TypedDict):
    """An answer to a code."""

    choice: str
    typed_count: NotRequired[int]


class Finding(TypedDict):
    """A code that a check found."""

    code: str
    title: str
    message: NotRequired[str]
    place: NotRequired[str]
    remedy: str
    count: int
    sample_lines: list[int]
    choices: list[str]


class Check(TypedDict):
    """The newest check of an import."""

    import_id: NotRequired[str]
    check_no: int
    findings: list[Finding]
    planned: NotRequired[dict[str, int] | None]
    undecided: list[str]
    answers: dict[str, str]


class Decided(TypedDict):
    """The state of an import after a decision."""

    state: str
    second_person_needed: NotRequired[bool]


class Progress(TypedDict):
    """How far an import is."""

    rows_read: int
    chunks: NotRequired[int | None]


class Waiting(TypedDict):
    """What an import waits for an operator for."""

    reason: str
    text: str


class Paused(TypedDict):
    """Those who look after the system hold the import back."""

    since: str
    reason: str


class Behind(TypedDict):
    """The import that another one waits for; ``import_id`` is None where the person may not see it."""

    import_id: str | None
    text: str


class ChangedFact(TypedDict):
    """Something that changed after the check."""

    name: str
    text: NotRequired[str]
    remedy: str


class WaitingPart(TypedDict):
    """A batch that is tried again."""

    part: int
    text: str


class RoundState(TypedDict):
    """Rows of an import that were tried again."""

    import_id: str
    round: int


class Status(TypedDict):
    """An import as it stands."""

    import_id: str
    biller_name: str
    kind: str
    state: str
    check_no: NotRequired[int | None]
    counts: dict[str, int]
    planned: NotRequired[dict[str, int] | None]
    progress: Progress
    codes: NotRequired[dict[str, int]]
    defined_at: str
    waiting: NotRequired[Waiting | None]
    paused: NotRequired[Paused | None]
    behind: NotRequired[Behind | None]
    changed: NotRequired[list[ChangedFact]]
    undone: NotRequired[int]
    undone_by: NotRequired[list[str]]
    rounds: NotRequired[list[RoundState]]
    totals: NotRequired[dict[str, int]]
    waiting_parts: NotRequired[list[WaitingPart]]


class StatusPage(TypedDict):
    """A page of imports."""

    items: list[Status]


class Row(TypedDict):
    """What became of one row."""

    line: int
    outcome: str
    codes: list[str]
    reason: NotRequired[str]
    account_number: NotRequired[str | None]


class PlanRow(TypedDict):
    """What the plan says of one row, and what became of it."""

    line: int
    outcome: str
    account_number: NotRequired[str | None]
    result: NotRequired[Row | None]


class PlanPage(TypedDict):
    """A page of the plan."""

    items: list[PlanRow]


class RowPage(TypedDict):
    """A page of rows."""

    items: list[Row]


class ImportDetail(TypedDict):
    """An import as mapping knows it."""

    biller_id: int
    kind: str


class RoundAccepted(TypedDict):
    """Rows of an import that are tried again, and where their check is."""

    import_id: str
    round: int
    round_import_id: str


class DeadLetter(TypedDict):
    """A message that could not be handled."""

    id: int
    topic: str
    reason: str
    detail: str
    created_at: str
    resent_at: NotRequired[str | None]
    state: NotRequired[str]
    event_id: NotRequired[str | None]
    attempts: NotRequired[int]
    discarded_by: NotRequired[str | None]
    discard_reason: NotRequired[str | None]


class DeadLetterDetail(TypedDict):
    """A dead letter with what its message says of itself."""

    letter: DeadLetter
    event: str | None
    import_id: str | None
    size: int
    headers: dict[str, str]


class Problem(TypedDict, total=False):
    """Why a request was refused."""

    code: str
    title: str
    message: str
    place: str
    remedy: str
