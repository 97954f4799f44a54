"""Plan rows as validation would have written them."""

from typing import Any
from uuid import UUID

import asyncpg

from services.validation.repository import words

_DEFAULTS: dict[str, Any] = {"verdict": "apply", "codes": [], "login_action": "none", "account_number": "WTR-1"}


async def plan_row(connection: "asyncpg.Connection[asyncpg.Record]", import_id: UUID, line: int, **values: Any) -> None:
    """One row; a chunk for each two thousand lines."""
    row = {
        "import_id": import_id,
        "chunk_no": line // 2000,
        "line_no": line,
        "leader_line": line,
        **_DEFAULTS,
        "customer_id": line,
        **values,
    }
    names, places = ", ".join(row), ", ".join(f"${place}" for place in range(1, len(row) + 1))
    await connection.execute(f"INSERT INTO validation.plan_row ({names}) VALUES ({places})", *row.values())


async def write_words(connection: "asyncpg.Connection[asyncpg.Record]", import_id: UUID) -> None:
    """What validation writes after the check of a large file, whatever the size of this one."""
    async with connection.transaction():
        await connection.execute("SET LOCAL search_path = validation")
        await connection.execute("UPDATE import_check SET rows_read = 1000000 WHERE import_id = $1", import_id)
        while await words.write_piece(connection):
            pass
