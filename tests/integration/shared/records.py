"""Record batches as no well-behaved producer makes them."""

import struct
from pathlib import Path
from typing import Final

from aiokafka import AIOKafkaProducer
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c

_CRC_AT: Final = 17
_COVERED_FROM: Final = 21
_PLACEHOLDER: Final = "header-name"


def sealed(batch: bytearray) -> bytearray:
    """The batch with the checksum of what is in it now."""
    batch[_CRC_AT:_COVERED_FROM] = struct.pack(">I", calc_crc32c(bytes(batch[_COVERED_FROM:])))
    return batch


def batch_with_header_name(producer: AIOKafkaProducer, body: bytes, name: bytes) -> BatchBuilder:
    """One record whose header has a name of any bytes (eleven of them)."""
    builder = producer.create_batch()
    builder.append(key=b"1", value=body, timestamp=None, headers=[(_PLACEHOLDER, b"")])
    builder.close()
    built = bytearray(builder._build())
    at = built.index(_PLACEHOLDER.encode())
    built[at : at + len(_PLACEHOLDER)] = name
    builder._buffer = sealed(built)
    return builder


def bomb(producer: AIOKafkaProducer, codec: str, size: int, records: int = 1) -> BatchBuilder:
    """A batch of some kilobytes that unpacks to ``size`` bytes of nothing."""
    builder = producer.create_batch()
    made = DefaultRecordBatchBuilder(
        magic=2,
        compression_type={"gzip": 1, "lz4": 3, "zstd": 4}[codec],
        is_transactional=False,
        producer_id=-1,
        producer_epoch=-1,
        base_sequence=-1,
        batch_size=2 * size,
    )
    for place in range(records):
        made.append(place, timestamp=0, key=b"1", value=bytes(size // records), headers=[])
    builder._relative_offset = records
    builder.close()
    builder._buffer = made.build()
    return builder


def spoil_on_disk(data: Path, topic: str, partition: int, marker: bytes, *, seal: bool) -> None:
    """Change the batch that holds ``marker`` where the broker keeps it; ``seal`` corrects its checksum."""
    for segment in (data / f"{topic}-{partition}").glob("*.log"):
        content = bytearray(segment.read_bytes())
        if (found := content.find(marker)) < 0:
            continue
        start, end = _bounds(content, found)
        content[found : found + len(marker)] = bytes(len(marker))
        if seal:
            content[start:end] = sealed(content[start:end])
        with segment.open("r+b") as file:
            file.write(content)
        return
    raise AssertionError("The broker holds no such bytes")


def _bounds(content: bytearray, found: int) -> tuple[int, int]:
    start = 0
    while True:
        (length,) = struct.unpack_from(">i", content, start + 8)
        end = start + 12 + length
        if end > found:
            return start, end
        start = end
