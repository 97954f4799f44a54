"""The log of an import: the columns of the file and, for each row, what became of it."""

from services.notifier.log_file.columns import Audience
from services.notifier.log_file.log import FileChanged, FileGone, ResultLog, RowsRemoved, Which

__all__ = ["Audience", "FileChanged", "FileGone", "ResultLog", "RowsRemoved", "Which"]
