"""The plan: what validation writes and the executors apply. docs/plan.md is generated from here.

The two services share no code, only these tables; tests hold every statement that writes or reads them, the view for
the wizard, the models of it and the migrated tables equal to ``columns``.
"""

from shared.contracts.plan.collection import CollectionDay, FirstCollection
from shared.contracts.plan.columns import (
    CHECK,
    PLAN_ROW,
    PLAN_SEEN,
    PLANNED_CHUNK,
    PLANNED_ROW,
    REPLACED_METHOD,
    Column,
    Reader,
    Table,
)
from shared.contracts.plan.impact import Amounts, Impact
from shared.contracts.plan.seen import GOES_ON, SeenEnrollment
from shared.contracts.plan.verdicts import LoginAction, Verdict

__all__ = [
    "CHECK",
    "GOES_ON",
    "PLANNED_CHUNK",
    "PLANNED_ROW",
    "PLAN_ROW",
    "PLAN_SEEN",
    "REPLACED_METHOD",
    "Amounts",
    "CollectionDay",
    "Column",
    "FirstCollection",
    "Impact",
    "LoginAction",
    "Reader",
    "SeenEnrollment",
    "Table",
    "Verdict",
]
