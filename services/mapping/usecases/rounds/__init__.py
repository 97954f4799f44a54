"""Fix and retry: rows of an import that were not applied, corrected and checked again as a round of it."""

from services.mapping.usecases.rounds.asked import Asked
from services.mapping.usecases.rounds.looking import RowsToFix, ShownRow, rows_to_fix
from services.mapping.usecases.rounds.starting import Started, start_round

__all__ = ["Asked", "RowsToFix", "ShownRow", "Started", "rows_to_fix", "start_round"]
