"""What the API says of who is told of what."""

from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from services.notifier.occasions import Occasion
from services.notifier.views import Answer
from shared.contracts.contract import Id

MOST_BILLERS: Final = 500
"""That are listed at most, those that are watched first."""


class WatchedBillerItem(Answer):
    id: int
    name: str
    is_watched: bool


class Notifications(Answer):
    """Of what you are told by email."""

    address: str = Field(description="where the emails go: the address you signed in with; empty if none is known")
    events: dict[Occasion, bool] = Field(
        description="of your imports, those you watch and those you may approve; each is true or false"
    )
    every_biller: bool = Field(description="whether you watch the imports of every biller that you have access to")
    billers: list[WatchedBillerItem] = Field(description="those you have access to")


class NotificationChoices(BaseModel):
    """What to change; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    events: dict[Occasion, bool] = Field(default_factory=dict)
    every_biller: bool | None = None
    billers: list[Id] | None = Field(default=None, max_length=MOST_BILLERS, description="IDs of all billers to watch")
