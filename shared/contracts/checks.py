"""How far the check of an import has come, as validation keeps it and others read it."""

from typing import Literal

CheckState = Literal["pending", "held", "approved", "rejected", "finished", "cancelled"]
