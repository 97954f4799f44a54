"""How the planner is to treat the statements of a chunk, until the transaction ends."""

from typing import Final

from shared.postgres import Connection

# Tables grow while an import runs and chunks differ in size. A plan kept from when they were small scans what it should
# look up, so statements that read the CRM are planned each time, for a millisecond. Compiling costs more than it gives.
_FOR_PRESENT_SIZES: Final = """
    SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_nestloop', 'on', true),
        set_config('enable_hashjoin', 'on', true), set_config('enable_mergejoin', 'on', true),
        set_config('enable_seqscan', 'on', true), set_config('jit', 'off', true), set_config('work_mem', '32MB', true)
"""

# The checks of foreign keys are statements too, and planning each of them anew takes longer than all the rest. Where
# rows are inserted, plans are kept therefore; these statements join nothing but the rows in hand, by hash.
_FOR_INSERTS: Final = """
    SELECT set_config('plan_cache_mode', 'auto', true), set_config('enable_nestloop', 'off', true)
"""

# As for inserts; but each record is looked up by its key, so that a kept plan must not have been made to scan.
_FOR_UNDO: Final = """
    SELECT set_config('plan_cache_mode', 'auto', true), set_config('enable_hashjoin', 'off', true),
        set_config('enable_mergejoin', 'off', true), set_config('enable_seqscan', 'off', true)
"""


async def for_present_sizes(connection: Connection) -> None:
    """What follows reads the tables of the CRM."""
    await connection.execute(_FOR_PRESENT_SIZES)


async def for_inserts(connection: Connection) -> None:
    """What follows inserts rows that have foreign keys, and reads only the rows in hand."""
    await connection.execute(_FOR_INSERTS)


async def for_undo(connection: Connection) -> None:
    """What follows removes or changes records that have foreign keys, each found by its key."""
    await connection.execute(_FOR_UNDO)
