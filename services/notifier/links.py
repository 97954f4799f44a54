"""Addresses of pages, as they stand in emails. Each survives signing in. Pure."""

from dataclasses import dataclass
from uuid import UUID

from services.notifier.occasions import Occasion


@dataclass(frozen=True, slots=True)
class Links:
    """``status`` is where people reach the notifier, ``wizard`` mapping; without the first there are no links."""

    status: str = ""
    wizard: str = ""

    def import_page(self, import_id: UUID) -> str:
        return f"{self.status}/status/imports/{import_id}" if self.status else ""

    def page_of(self, occasion: Occasion, import_id: UUID) -> str:
        check = f"{self.wizard or self.status}/checks/{import_id}" if self.status else ""
        match occasion:
            case Occasion.HELD | Occasion.NEEDS_APPROVAL | Occasion.RETURNED:
                return check
            case Occasion.IN_REVIEW:
                return check and f"{check}/canary"
            case _:
                return self.import_page(import_id)

    def notifications(self) -> str:
        return f"{self.status}/status/notifications" if self.status else ""

    def unsubscribe(self, token: str) -> str:
        return f"{self.status}/status/unsubscribe?token={token}" if self.status and token else ""
