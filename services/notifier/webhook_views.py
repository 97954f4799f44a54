"""What the API says of webhooks."""

from datetime import datetime
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.notifier import records
from services.notifier.views import Answer
from shared.contracts.contract import Id

PAUSED: Final = "Whoever is responsible for it may no longer manage webhooks here. Take it over"


class Webhook(Answer):
    """A system that is told of imports."""

    id: UUID
    biller_id: int | None = Field(description="whose imports; null: those of every biller")
    biller_name: str | None
    url: str
    made_by: str
    responsible: str = Field(description="who made it, or took it over last, and must have the right to manage it")
    paused: str | None = Field(description="why nothing is sent until somebody takes it over; null: events are sent")
    made_at: datetime
    waiting: int = Field(description="requests that are not delivered yet")
    not_delivered: int = Field(description="requests that were not delivered; send them again with `replay`")
    is_failing: bool = Field(description="whether the last request was not taken")

    @classmethod
    def of(cls, one: records.Webhook, *, may_be_sent: bool) -> Self:
        return cls(
            id=one.id,
            biller_id=one.biller_id,
            biller_name=one.biller_name,
            url=one.url,
            made_by=one.made_by,
            responsible=one.responsible,
            paused=None if may_be_sent else PAUSED,
            made_at=one.made_at,
            waiting=one.waiting,
            not_delivered=one.not_delivered,
            is_failing=one.failures > 0,
        )


class WebhookList(Answer):
    items: list[Webhook]


class NewWebhook(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[^\x00]*$", description="https address")]
    biller_id: Id | None = Field(default=None, description="whose imports; without it, those of every biller")


class WebhookSecret(Answer):
    """The secret that signs the requests. It is shown this once."""

    id: UUID
    secret: str


class WebhookDelivery(Answer):
    """A request, and how far it is."""

    id: UUID = Field(description="the webhook-id of every try")
    type: str
    import_id: UUID | None
    state: str = Field(description="pending, delivered, given_up or dropped")
    attempts: int
    next_try_at: datetime | None
    last_problem: str | None = Field(description="an HTTP status or the type of an error")
    queued_at: datetime
    settled_at: datetime | None

    @classmethod
    def of(cls, one: records.Delivery) -> Self:
        return cls(
            id=one.id,
            type=one.occasion if one.import_id is None else f"import.{one.occasion}",
            import_id=one.import_id,
            state=one.state,
            attempts=one.attempts,
            next_try_at=one.not_before if one.state == "pending" else None,
            last_problem=one.last_problem,
            queued_at=one.queued_at,
            settled_at=one.settled_at,
        )


class WebhookDeliveries(Answer):
    items: list[WebhookDelivery]


class Ping(Answer):
    delivery_id: UUID = Field(description="look it up in the deliveries")


class Replay(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    delivery_id: UUID | None = Field(default=None, description="this one; without it, all that were not delivered")


class Replayed(Answer):
    deliveries: int
