"""Samples and rows of files out of the Secure Upload, kept for a while in memory."""

import asyncio
import time
from collections import OrderedDict
from typing import Final
from uuid import UUID

from services.mapping.sample import Sample, sample_of
from shared.contracts.definition import Reading
from shared.contracts.log_columns import FileRow
from shared.secure_upload import SecureUpload, object_key

_MOST_SAMPLES: Final = 64
_MOST_ROWS: Final = 500
_ROWS_SECONDS: Final = 900.0


class Samples:
    """Reads the beginning of files, each once; what was removed meanwhile is not there, whoever removed it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[UUID, Reading], Sample] = OrderedDict()

    async def of(
        self, secure_upload: SecureUpload, biller_id: int, file_id: UUID, reading: Reading, whole: int | None = None
    ) -> Sample:
        """The sample; ``whole``: what is stored is the beginning of a file of so many bytes."""
        known = (file_id, reading)
        key = object_key(biller_id, file_id)
        try:
            stored = await secure_upload.size(key)
        except FileNotFoundError:
            self._forget(file_id)
            raise
        if known in self._kept:
            self._kept.move_to_end(known)
            return self._kept[known]
        first = await anext(aiter(secure_upload.stream(key)), b"")
        made = await asyncio.to_thread(sample_of, first, whole or stored, reading)
        self._kept[known] = made
        while len(self._kept) > _MOST_SAMPLES:
            self._kept.popitem(last=False)
        return made

    def rename(self, part_id: UUID, file_id: UUID) -> None:
        """What the first part of a file looked like is what the file looks like."""
        for known in [one for one in self._kept if one[0] == part_id]:
            self._kept[file_id, known[1]] = self._kept.pop(known)

    def _forget(self, file_id: UUID) -> None:
        """Nothing of a file that was removed stays in memory, however it was read."""
        for known in [one for one in self._kept if one[0] == file_id]:
            del self._kept[known]


class RowsAtHand:
    """Rows that somebody corrects: each check of one as it is typed would else read its file as far as its line."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int], tuple[float, FileRow]] = OrderedDict()

    def keep(self, key: str, row: FileRow) -> None:
        now = time.monotonic()
        self._kept[key, row.line_no] = now, row
        self._kept.move_to_end((key, row.line_no))
        while len(self._kept) > _MOST_ROWS or next(iter(self._kept.values()))[0] < now - _ROWS_SECONDS:
            self._kept.popitem(last=False)

    def get(self, key: str, line: int) -> FileRow | None:
        kept_at, row = self._kept.get((key, line), (0.0, None))
        return row if kept_at >= time.monotonic() - _ROWS_SECONDS else None
