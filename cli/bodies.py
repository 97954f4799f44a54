"""What the command line sends and is answered, by the names that it has for them; newer services may answer more."""

from typing import TypedDict

from customer_import_client import models

Behind = models.Behind
Biller = models.BillerDetail
ChangedFact = models.ChangedFact
Check = models.CheckBody
CorrectionPage = models.CorrectionPage
DeadLetter = models.DeadLetter
DeadLetterDetail = models.DeadLetterDetail
Decided = models.DecidedBody
Decision = models.NamedDecision
DifferencePage = models.DifferencePage
Drift = models.DriftBody
Finding = models.FindingItem
Listed = models.ImportState
ImportDetail = models.DefinitionDetail
Paused = models.Paused
PlanPage = models.PlanPage
PlanRow = models.PlanRow
Progress = models.Progress
Recipe = models.RecipeItem
RecipeContent = models.RecipeContent
RecipeDetail = models.RecipeDetail
RecipeReference = models.RecipeReference
RoundAccepted = models.RoundAccepted
RoundState = models.RoundState
Row = models.RowResult
RowPage = models.RowPage
Status = models.ImportDetail
StatusPage = models.ImportPage
StoredFile = models.FileReference
Waiting = models.Waiting
WaitingPart = models.WaitingPart


class Part(TypedDict, total=False):
    """A part of the account number: a column with its transforms, or a text."""

    column: str
    literal: str
    transforms: list[dict[str, object]]


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
