"""What an import would do, in numbers: written by the check, shown before anybody confirms."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field, model_validator

from shared.contracts.contract import Contract, Count
from shared.contracts.plan.collection import FirstCollection


class Amounts(Contract):
    """What an import, or several, would make or change of the things that a second person is asked for (C207)."""

    customers: Count = 0
    payment_methods: Count = 0
    owners: Count = 0


class Impact(Contract):
    """Numbers that an earlier release did not keep are 0, and not among the fields that are set."""

    customers_to_create: Count = Field(default=0, description="customers to create with the decisions so far")
    customers_missing: Count = Field(
        default=0, description="customers not found that have a name: created if C202 is create"
    )
    customers_of_biller: Count = Field(default=0, description="customers that the biller has")
    customers_touched: Count = Field(default=0, description="customers with a row to apply")
    logins_to_create: Count = Field(default=0, description="logins to create")
    logins_to_change: Count = Field(default=0, description="logins to change or to claim")
    payment_methods_to_add: Count = Field(default=0, description="autopay: rows to apply that add a payment method")
    owners_to_replace: Count = Field(default=0, description="registration: rows to apply that replace the owner (C232)")
    linked_accounts_reached: Count = Field(
        default=0, description="accounts that are in no row and get the new email through their login"
    )
    enrollments: dict[str, Count] = Field(default={}, description="enrollments to start or change, by invoice type")
    enrolments: dict[str, Count] = Field(
        default={}, description="the same under the name that is stored and that earlier releases read"
    )
    enrollments_changed: dict[str, Count] = Field(
        default={}, description="those of them that continue with another payment method or address"
    )
    customers_to_confirm: Count = Field(
        default=0, description="paperless: customers with new enrollments that wait until they have confirmed them"
    )
    enrolled_without_invoice: dict[str, Count] = Field(
        default={}, description="customers to enroll who have no bill of the type (W320)"
    )
    customers_emailed: Count = Field(default=0, description="logins that get an email, if the import emails customers")
    rows_without_invoice: Count = Field(default=0, description="rows without a bill of at least one type (W320)")
    first_collection: FirstCollection | None = Field(
        default=None, description="autopay: when customers are debited first, and how much (FirstCollection)"
    )
    customers_made_alone: Count = Field(
        default=0, description="customers that recent imports created without a second person (C207)"
    )
    without_second_person: Amounts | None = Field(
        default=None, description="what this import does without a second person (C207), once approved"
    )
    taken_back: dict[str, Count] = Field(
        default={}, description="an undo: records by table, and whether they are removed, returned or made again"
    )

    @model_validator(mode="before")
    @classmethod
    def _completed(cls, given: Any) -> Any:
        """Earlier releases counted customers to create alone; enrollments are stored under their old name."""
        if not isinstance(given, Mapping):
            return given
        completed = dict(given)
        if "customers_to_create" in given:
            completed.setdefault("customers_missing", given["customers_to_create"])
        if "enrolments" in given:
            completed["enrollments"] = given["enrolments"]
        return completed

    def stored(self) -> dict[str, Any]:
        """As it is kept in ``import_check.impact``."""
        return self.model_dump(mode="json", exclude_none=True, exclude={"enrollments"})
