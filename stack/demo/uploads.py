"""The sample files in the Secure Upload of their billers, as an operator finds them."""

from collections.abc import AsyncIterator
from uuid import uuid4

from shared.postgres import Connection
from shared.secure_upload import SecureUpload, object_key
from stack.demo.loading import DemoData
from stack.demo.sample import Sample

_LIMIT_BYTES = 64 << 20
_REGISTER = """
INSERT INTO mapping.secure_file (id, biller_id, name, sha256, size, object_key, kind_hint, uploaded_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'demo')
"""


async def put_samples(connection: Connection, data: DemoData, uploads: SecureUpload) -> None:
    for sample in data.samples:
        file_id, biller_id = uuid4(), data.biller_ids[sample.biller]
        key = object_key(biller_id, file_id)
        stored = await uploads.put(key, _whole(sample), _LIMIT_BYTES)
        await connection.execute(
            _REGISTER, file_id, biller_id, sample.file_name, stored.sha256, stored.size, key, sample.kind
        )


async def _whole(sample: Sample) -> AsyncIterator[bytes]:
    yield sample.content()
