"""Bodies that schemathesis cannot write by itself: it loads this module (`tests/support/openapi.py`)."""

import schemathesis

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
