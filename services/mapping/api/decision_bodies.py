"""Bodies of what a person decides: confirming, approving, canceling."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from services.mapping.api.bodies import Given
from services.mapping.domain import State
from services.mapping.usecases.answers import Shown
from services.mapping.views import Body
from shared.contracts.contract import Count
from shared.contracts.definition import CodeNumber, NamedDecision


class WithWhatWasSeen(Given):
    """What the person had in front of him; what has changed since is refused (409) and told."""

    answers_seen: dict[CodeNumber, Annotated[str, StringConstraints(max_length=40)]] | None = Field(
        default=None,
        description="`answers` of the check as you read them. Null: not compared; then `decisions` count, and what was"
        " decided before, never what others only consider",
        max_length=100,
    )
    log_recipients_seen: Annotated[tuple[UUID, ...] | None, Field(max_length=50)] = Field(
        default=None, description="`log_recipients.recipients` of the import as you read them. Null: not compared"
    )

    def shown(self) -> Shown:
        """For the comparison."""
        return Shown(self.answers_seen, self.log_recipients_seen)


class Confirmation(WithWhatWasSeen):
    """Answers to what is undecided, for the check that the person has seen."""

    check_no: Count
    decisions: dict[CodeNumber, NamedDecision] = Field(default_factory=dict)
    log_recipients: Annotated[tuple[UUID, ...] | None, Field(max_length=50)] = Field(
        default=None, description="who gets the log, instead of the recipients in the definition; null: as defined"
    )


class Approval(WithWhatWasSeen):
    """The check that the second person has seen, and the decisions to agree to: without them nothing is approved."""

    check_no: Count
    answers_seen: dict[CodeNumber, Annotated[str, StringConstraints(max_length=40)]] = Field(
        description="`answers` of the check as you read them: what you agree to", max_length=100
    )


class DecidedBody(Body):
    """What became of the import."""

    import_id: UUID
    state: State
    second_person_needed: bool = Field(default=False, description="it continues when another person approves")


class CancelledBody(Body):
    """The import is canceled, or is being canceled while chunks in hand end."""

    import_id: UUID
    state: State = Field(description="`cancelling` while chunks in hand may still end, `cancelled` when that is final")
    promise: str = "No further batch of this import starts; when its state is `cancelled`, no row is applied any more"


class ResumedBody(Body):
    """The import goes on where it stopped."""

    import_id: UUID
