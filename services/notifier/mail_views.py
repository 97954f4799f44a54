"""What the API says of the emails of an import, as it stands in the OpenAPI document."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import Field

from services.notifier.domain import mask_emails
from services.notifier.records import CustomerEmails, MailState
from services.notifier.views import Answer


class Mail(Answer):
    """The email of an import to one recipient."""

    recipient_id: UUID
    address: str = Field(description="masked; empty if the recipient is no longer in the address book")
    message_id: str
    state: str = Field(description="pending, sent or given_up")
    attempts: int
    next_try_at: datetime | None
    last_problem: str | None = Field(description="an SMTP code or the type of an error")
    queued_at: datetime
    sent_at: datetime | None
    about: str = Field(description="end, or pause while the import waits for a review of its first rows")
    pause_sent_at: datetime | None = Field(description="when the email about the pause was sent")

    @classmethod
    def of(cls, mail: MailState) -> Self:
        return cls(
            recipient_id=mail.recipient_id,
            address=mask_emails(mail.email or ""),
            message_id=mail.message_id,
            state=mail.state,
            attempts=mail.attempts,
            next_try_at=mail.not_before if mail.state == "pending" else None,
            last_problem=mail.last_problem,
            queued_at=mail.queued_at,
            sent_at=mail.sent_at,
            about=mail.about,
            pause_sent_at=mail.pause_sent_at,
        )


class CustomerEmailCounts(Answer):
    """The emails to the customers of an import, each to one login or to the address that it had."""

    waiting: int
    due_at: datetime | None = Field(description="when they are sent at the earliest; later while an undo is open")
    sent: int
    not_delivered: int
    withdrawn: int = Field(description="undone before they were sent, or the login has no address")
    stopped: int
    bounced: int = Field(description="of those sent")
    returned_to_paper: int = Field(description="paperless enrollments that went back to paper because of a bounce")
    stopped_at: datetime | None
    stopped_by: str | None = Field(description="who stopped them; null if the biller's emails were off")

    @classmethod
    def of(cls, one: CustomerEmails) -> Self:
        return cls(
            waiting=one.waiting,
            due_at=one.due_at if one.done_at is None else None,
            sent=one.sent,
            not_delivered=one.not_delivered,
            withdrawn=one.withdrawn,
            stopped=one.stopped,
            bounced=one.bounced,
            returned_to_paper=one.returned_to_paper,
            stopped_at=one.stopped_at,
            stopped_by=one.stopped_by,
        )


class MailList(Answer):
    """The emails of an import."""

    items: list[Mail]
    customers: CustomerEmailCounts | None = Field(
        default=None, description="emails to customers; null: this import sends none, or the CRM sends them"
    )
