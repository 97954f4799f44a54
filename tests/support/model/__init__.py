"""The rules of an import a second time, in plain Python: the oracle of the property tests.

It shares no code with the services: what both got wrong together nobody would find.
"""

from tests.support.model.importing import RowResult, Verdict, check, expected_counts
from tests.support.model.job import Circumstances, CsvFile, Decision
from tests.support.model.state import CrmState

__all__ = ["Circumstances", "CrmState", "CsvFile", "Decision", "RowResult", "Verdict", "check", "expected_counts"]
