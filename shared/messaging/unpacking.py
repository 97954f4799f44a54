"""What a batch of records may unpack to: a few kilobytes of zstd or gzip can stand for gigabytes of memory."""

import struct
from collections.abc import Callable, Mapping
from typing import Any, Final

import aiokafka.consumer.fetcher
import cramjam
from aiokafka.record.memory_records import MemoryRecords

MOST_UNPACKED: Final = 32 << 20
"""Bytes; a batch is at most `max.message.bytes` of its topic as it is sent."""

_HEADER: Final = struct.Struct(">qiibIhi")  # offset, length, epoch, magic, checksum, attributes, last record
_RECORDS_AT: Final = 61
_LENGTH_COUNTS_FROM: Final = 12
_CURRENT_MAGIC: Final = 2
_CODEC: Final = 0b111
_UNPACK_INTO: Final[Mapping[int, Callable[[bytes, bytearray], int]]] = {
    1: cramjam.gzip.decompress_into,
    # 2, snappy: at most 21 times as long
    3: cramjam.lz4.decompress_into,
    4: cramjam.zstd.decompress_into,
}


class BatchTooLargeError(Exception):
    """A batch that does not unpack to what is allowed; nothing of it was unpacked for good."""

    def __init__(self, next_offset: int) -> None:
        super().__init__("The batch does not unpack within the limit")
        self.next_offset = next_offset


class BoundedRecords:
    """In place of aiokafka's own, which unpacks whatever comes: refuses a batch before it is unpacked whole."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0
        self._records = MemoryRecords(data)

    def has_next(self) -> bool:
        return bool(self._records.has_next())

    def size_in_bytes(self) -> int:
        """Of all batches as they came."""
        return int(self._records.size_in_bytes())

    def next_batch(self) -> Any:
        if len(self._data) - self._place >= _RECORDS_AT:
            self._refuse_bomb()
        return self._records.next_batch()

    def _refuse_bomb(self) -> None:
        offset, length, _, magic, _, attributes, last = _HEADER.unpack_from(self._data, self._place)
        packed = self._data[self._place + _RECORDS_AT : self._place + _LENGTH_COUNTS_FROM + length]
        self._place += _LENGTH_COUNTS_FROM + length
        unpack_into = _UNPACK_INTO.get(attributes & _CODEC)
        if magic != _CURRENT_MAGIC or unpack_into is None:
            return
        try:
            unpack_into(packed, bytearray(MOST_UNPACKED))  # pages that nothing is written to take no memory
        except cramjam.DecompressionError:
            raise BatchTooLargeError(offset + last + 1) from None


def bound_unpacking() -> None:
    """Have every consumer of this process read through BoundedRecords: aiokafka has no setting for it."""
    aiokafka.consumer.fetcher.MemoryRecords = BoundedRecords
