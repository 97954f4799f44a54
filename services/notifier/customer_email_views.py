"""What the API says of emails to customers."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.notifier.customer_texts import LONGEST_BODY, LONGEST_SUBJECT, About, MergeField, Text
from services.notifier.views import Answer
from shared.contracts.kinds import ImportKind


class CustomerText(Answer):
    """A text of a biller. Fields are written as `{{ biller_name }}`."""

    about: About
    title: str
    hint: str = Field(description="who gets it")
    kind: ImportKind = Field(description="the kind of import that causes it")
    subject: str
    body: str
    is_default: bool
    fields: dict[MergeField, str] = Field(description="what it can name, in words")
    changed_by: str | None = None
    changed_at: datetime | None = None


class CustomerTexts(Answer):
    biller_id: int
    biller_name: str
    is_on: bool = Field(description="false: no customer of the biller is emailed, whatever imports say")
    items: list[CustomerText]


class NewCustomerText(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: Annotated[str, Field(min_length=1, max_length=LONGEST_SUBJECT, pattern=r"^[^\x00\r\n]*$")]
    body: Annotated[str, Field(min_length=1, max_length=LONGEST_BODY, pattern=r"^[^\x00]*$")]

    @property
    def text(self) -> Text:
        return Text(self.subject, self.body)


class CustomerEmailSwitch(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    on: bool


class Bounce(BaseModel):
    """Which email bounced. What else the report has is ignored."""

    model_config = ConfigDict(frozen=True)

    message_id: Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00]*$")] = Field(
        description="Message-ID of the email"
    )
    kind: Annotated[str, Field(max_length=50, pattern=r"^[^\x00]*$")] = Field(
        description="`hard`; any other has no effect"
    )


class BounceReport(BaseModel):
    model_config = ConfigDict(frozen=True)

    type: Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")] = Field(
        description="`email.bounced`; any other has no effect"
    )
    data: Bounce


class CustomerEmailPreview(Answer):
    """The text with its fields filled in, emails masked."""

    subject: str
    body: str
    import_id: UUID | None = Field(description="the import whose row fills the fields; null: made-up values")
