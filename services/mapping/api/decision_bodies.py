"""Bodies of what a person decides: confirming, approving, canceling."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.mapping.api.bodies import Given
from services.mapping.domain import State
from services.mapping.usecases.answers import Shown
from services.mapping.views import Body
from shared.contracts.canary import Canary
from shared.contracts.contract import Count, Text
from shared.contracts.definition import CodeNumber, NamedDecision
from shared.contracts.lines import ChosenRows

AnswerSeen = Annotated[Text, Field(max_length=40)]


class WithWhatWasSeen(Given):
    """What was shown to the person. If something has changed since, the request is refused (409)."""

    answers_seen: dict[CodeNumber, AnswerSeen] | None = Field(
        default=None,
        description="`answers` of the check as you read them. Null: not compared; then only `decisions` count, and what"
        " was decided before, never what others only consider",
        max_length=100,
    )
    log_recipients_seen: Annotated[tuple[UUID, ...] | None, Field(max_length=50)] = Field(
        default=None, description="`log_recipients.recipients` of the import as you read them. Null: not compared"
    )

    def shown(self) -> Shown:
        return Shown(self.answers_seen, self.log_recipients_seen)


class Confirmation(WithWhatWasSeen):
    """The decisions still needed, for the check that the person has seen."""

    check_no: Count
    decisions: dict[CodeNumber, NamedDecision] = Field(default_factory=dict, max_length=100)
    log_recipients: Annotated[tuple[UUID, ...] | None, Field(max_length=50)] = Field(
        default=None, description="who gets the log, instead of the recipients in the definition; null: as defined"
    )
    canary: Canary | None = Field(
        default=None,
        description="start with these rows, and those that share a login with one of them; the others wait until"
        " someone continues the import. Null: all rows are applied",
    )


class Approval(WithWhatWasSeen):
    """The check that the second person has seen, and the decisions to agree to: without them nothing is approved."""

    check_no: Count
    answers_seen: dict[CodeNumber, AnswerSeen] = Field(
        description="`answers` of the check as you read them: what you agree to", max_length=100
    )


class DecidedBody(Body):
    """The state that the import is in now."""

    import_id: UUID
    state: State
    second_person_needed: bool = Field(default=False, description="it continues once a second person approves")
    next_step: str | None = Field(default=None, description="for people: what to do before it continues")


class CancelledBody(Body):
    """The import is canceled, or will be once the batches in progress have finished."""

    import_id: UUID
    state: State = Field(description="`cancelling` while batches in progress may still finish, then `cancelled`")
    promise: str = "No new batch of this import starts; once its state is `cancelled`, no more rows are applied"


class ContinuedBody(Body):
    """The other rows are applied, too."""

    import_id: UUID


class UndoRequest(Given):
    """What to undo."""

    rows: ChosenRows | None = Field(
        default=None,
        description="only these rows, and those that share a login with one of them; null: every row that was applied",
    )


class ResumedBody(Body):
    """The import continues where it stopped."""

    import_id: UUID
