"""How long a chunk waits for each lock that another transaction holds.

Each of the two may come to wait for the other: somebody changes a customer and its login in another order than the
chunk, or adds an enrollment, a link or a method for an account that is locked, with an entry in a unique index that the
chunk runs into. After a second (``deadlock_timeout``) the server would end the one that has waited longer, mostly the
one that is not ours. So the chunk gives way before that, and is tried again.
"""

from datetime import timedelta
from typing import Final

from shared.postgres import Connection

WAIT_TO_COMPARE: Final = timedelta(milliseconds=400)
# All locks are taken by then: who is in the way waits for the chunk, or adds something that will put a row on hold.
WAIT_TO_WRITE: Final = timedelta(milliseconds=50)

_WAIT: Final = "SELECT set_config('lock_timeout', $1, true)"


async def for_comparing(connection: Connection) -> None:
    await _wait(connection, WAIT_TO_COMPARE)


async def for_writing(connection: Connection) -> None:
    await _wait(connection, WAIT_TO_WRITE)


async def _wait(connection: Connection, wait: timedelta) -> None:
    await connection.execute(_WAIT, f"{wait // timedelta(milliseconds=1)}ms")
