"""The directory of routing numbers that an operator has loaded."""

from collections.abc import Mapping
from typing import Final

from shared.postgres import Connection

_DIRECTORY: Final = "SELECT number, replaced_by FROM validation.routing_number"
# Readers go on with the directory as it was; a second loader waits.
_LOCK: Final = "LOCK TABLE validation.routing_number IN SHARE ROW EXCLUSIVE MODE"
_FORGET: Final = "DELETE FROM validation.routing_number"


async def directory(connection: Connection) -> dict[str, str | None]:
    """Every number with the one that replaces it; empty where no directory was loaded."""
    return {row["number"]: row["replaced_by"] for row in await connection.fetch(_DIRECTORY)}


async def replace_directory(connection: Connection, numbers: Mapping[str, str | None]) -> int:
    """Put these numbers in the place of all that were there; how many those were. Needs a transaction."""
    await connection.execute(_LOCK)
    deleted = await connection.execute(_FORGET)
    await connection.copy_records_to_table(
        "routing_number", schema_name="validation", columns=["number", "replaced_by"], records=list(numbers.items())
    )
    return int(deleted.removeprefix("DELETE "))
