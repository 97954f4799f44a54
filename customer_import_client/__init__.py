"""A client for the API of Customer Import, with types. `Operations(Transport(address, token))` is all there is to it.

Modules beside `transport` are generated: `customer-import admin client customer_import_client`.
"""

from customer_import_client.operations import Operations
from customer_import_client.transport import Refused, Transport, Unreachable

__all__ = ["Operations", "Refused", "Transport", "Unreachable"]
