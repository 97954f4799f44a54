"""What one person alone may not decide (C207): how much of it, also over several files."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.validation.domain.limits import Limits
from shared.contracts.definition_rules import needs_second_person
from shared.contracts.plan import Amounts


@dataclass(frozen=True, slots=True)
class Beside:
    """What goes on without a second person: of this import, and of those before it."""

    alone: Amounts
    before: Amounts


@dataclass(frozen=True, slots=True)
class Asked:
    """How much a second person has to agree to; 0: nothing."""

    count: int
    detail: Mapping[str, Any]


def asked(now: Amounts, before: Amounts, customers_of_biller: int, limits: Limits) -> Asked:
    """What of this import needs a second person; ``before`` is what others of these days did without one."""
    known = max(0, customers_of_biller - before.customers)
    above = {
        "customers": needs_second_person(now.customers + before.customers, known),
        "payment_methods": now.payment_methods + before.payment_methods > limits.payment_methods,
        "owners": now.owners + before.owners > limits.owners,
    }
    counts, earlier = now.model_dump(), before.model_dump()
    reasons: dict[str, Any] = {
        name: {"count": counts[name], "before": earlier[name]}
        for name, is_above in above.items()
        if is_above and counts[name]
    }
    count = sum(reason["count"] for reason in reasons.values())
    return Asked(count, {**reasons, "days": limits.days} if reasons else {})
