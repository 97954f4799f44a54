"""Plan rows as validation would have written them."""

from typing import Any
from uuid import UUID

import asyncpg

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
