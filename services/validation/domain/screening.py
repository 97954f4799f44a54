"""What must not be in a file, card numbers and secrets (F008, F009): looked for by the check and by `inspect`."""

from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from typing import Final

from services.validation.domain.forbidden import forbidden_column
from shared.csvfile import (
    Batch,
    CardWatch,
    FileRefused,
    Problem,
    cards_above,
    forbidden_names,
    is_told_by_cells,
    mostly_card_numbers,
    secret_columns,
)

BATCH_ROWS: Final = 10_000  # so many rows are searched for secrets
_OVERLAP: Final = 100
_MOST_LOOKED_AT: Final = 64 << 20  # in seconds: the check's transaction stands still meanwhile
_UNREAD: Final = frozenset(("F001", "F002", "F003", "F004", "F005", "F006", "F007", "F014", "F015", "F020"))


def refuse_head(names: Iterable[str], preamble: Iterable[str]) -> None:
    """Raises FileRefused where a column is named for what must not be in a file, or a line above it holds that.

    Names that may mean something else wait for their cells.
    """
    known = list(names)
    for problem in chain(forbidden_names(known), cards_above(preamble)):
        if problem.code != "F009" or problem.column is None or not is_told_by_cells(known[problem.column - 1]):
            raise FileRefused(problem)


class Screening:
    """Looks at each batch in turn. Account numbers may look like cards and secrets by chance."""

    def __init__(
        self, account_columns: Collection[int], number_columns: Collection[int], names: Sequence[str] = ()
    ) -> None:
        """`account_columns` make the account number; in all `number_columns` a single card number may be chance."""
        self._account_columns = account_columns
        self._names = names
        self._cards = CardWatch(frozenset(number_columns))
        self._is_first = True

    def look(self, batch: Batch) -> None:
        """Raises FileRefused."""
        self._cards.look(batch)
        if not self._is_first:
            return
        self._is_first = False
        for problem in secret_columns(self._names, batch.columns):
            raise FileRefused(problem)
        position = forbidden_column(batch.columns, self._account_columns)
        if position is not None:
            message = "More than half of this column looks like social security numbers or password hashes."
            remedy = "Remove that column and export the file again."
            raise FileRefused(Problem("F009", None, position + 1, message, remedy))

    def conclude(self) -> list[Problem]:
        """The file has ended, or is refused for something else: W309. Raises FileRefused."""
        return self._cards.conclude()


def holds_cards_unread(code: str, pieces: Iterable[bytes]) -> bool:
    """Whether a file that is refused for this code, so that its rows were not read, holds card numbers all the same.

    It blocks, so it runs in a thread. A piece is looked at with the end of the one before it, whatever the encoding of
    the letters between the digits.
    """
    before, looked_at = b"", 0
    for piece in pieces if code in _UNREAD else ():
        looked_at += len(piece)
        if looked_at > _MOST_LOOKED_AT:
            return False
        text = (before + piece).replace(b"\0", b"").decode("latin-1")
        if mostly_card_numbers(text):
            return True
        before = piece[-_OVERLAP:]
    return False
