"""A client for the API of Customer Import, with types. `Operations(Transport(address, token))` is all there is to it.

`upload` sends files of any size. `operations` and `models` are generated: `python -m tests.support.client_code`.
"""

from customer_import_client.operations import Operations
from customer_import_client.transport import Refused, Transport, Unreachable
from customer_import_client.uploading import FileChanged, FileDamaged, Outgoing, Progress, upload

__all__ = [
    "FileChanged",
    "FileDamaged",
    "Operations",
    "Outgoing",
    "Progress",
    "Refused",
    "Transport",
    "Unreachable",
    "upload",
]
