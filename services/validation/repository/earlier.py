"""Whether nearly the same rows were imported before (C203)."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from shared.postgres import Connection

_MOST_KEYS: Final = 1_000
_FEWEST_KEYS: Final = 10

# The pairs of account number and method or email that live rows have, as numbers; of many the smallest. Rows may have
# the same, so more than are wanted are looked at; where that was not enough, many more.
_KEEP_ROW_KEYS: Final = """
WITH smallest AS (
    SELECT hashtextextended(account_number || E'\\n' || identity, 0) AS key
    FROM staged
    WHERE verdict IS NULL
    ORDER BY key
    LIMIT $3
)
UPDATE import_check
SET row_keys = ARRAY(SELECT DISTINCT key FROM smallest ORDER BY key LIMIT $2)
WHERE import_id = $1
RETURNING cardinality(row_keys) = $2 OR (SELECT count(*) FROM smallest) < $3
"""

# C203. Where keys were cut off, what lies above the last one kept is not known of that file. Only imports that share a
# key are looked at; a round is no other import than the one whose rows it has.
_WAS_IMPORTED: Final = """
WITH part AS (
    SELECT p.id AS import_id
    FROM mapping.import i
    JOIN mapping.import p ON p.id = i.retries OR p.retries = i.retries
    WHERE i.id = $1
), this AS (
    SELECT biller_id, kind, file_sha256, row_keys,
        CASE WHEN cardinality(row_keys) = $2 THEN row_keys[$2] END AS limit_key
    FROM import_check
    WHERE import_id = $1
), shared AS (
    SELECT i.import_id, array_agg(i.key) AS keys
    FROM this t
    CROSS JOIN LATERAL unnest(t.row_keys) AS mine (key)
    -- A look-up for each key, whatever the planner would rather read as a whole.
    CROSS JOIN LATERAL (
        SELECT k.import_id, k.key
        FROM imported_key k
        WHERE k.biller_id = t.biller_id AND k.key = mine.key AND k.import_id <> $1
        OFFSET 0
    ) AS i
    GROUP BY i.import_id
), earlier AS (
    SELECT o.import_id
    FROM this t
    JOIN import_check o ON o.biller_id = t.biller_id AND o.kind = t.kind AND o.file_sha256 = t.file_sha256
    WHERE o.state = 'finished' AND o.import_id <> $1 AND o.import_id NOT IN (SELECT import_id FROM part)
    UNION
    SELECT o.import_id
    FROM shared s
    CROSS JOIN this t
    JOIN import_check o ON o.import_id = s.import_id AND o.kind = t.kind AND o.state = 'finished'
    CROSS JOIN LATERAL (
        SELECT least(t.limit_key, CASE WHEN cardinality(o.row_keys) = $2 THEN o.row_keys[$2] END) AS limit_key
    ) AS l
    CROSS JOIN LATERAL (
        -- The keys stand in order, so that those up to the last one known are counted by halving.
        SELECT coalesce(width_bucket(l.limit_key, t.row_keys), cardinality(t.row_keys)) AS pairs,
            (
                SELECT count(*) FROM unnest(s.keys) AS common (key) WHERE key <= l.limit_key OR l.limit_key IS NULL
            ) AS keys
    ) AS p
    WHERE p.keys > 0.9 * p.pairs AND (l.limit_key IS NULL OR p.pairs >= $3)
        AND s.import_id NOT IN (SELECT import_id FROM part)
)
SELECT count(*) > 0 AS is_known, coalesce(bool_and(a.undone > 0 AND a.undone >= a.applied), false) AS is_undone
FROM earlier e
CROSS JOIN LATERAL (
    SELECT coalesce(sum(c.undone), 0) AS undone, coalesce(sum((c.counts ->> 'applied')::int), 0) AS applied
    FROM execution.chunk c
    WHERE c.import_id = e.import_id
) AS a
"""


@dataclass(frozen=True, slots=True)
class Earlier:
    """Whether imports of nearly the same rows are known, and whether all that they applied was undone."""

    is_known: bool
    is_undone: bool


async def was_imported(connection: Connection, import_id: UUID) -> Earlier:
    """Keep what the staged file holds, and say whether nearly the same was imported before."""
    looked_at = _MOST_KEYS * 2
    while await connection.fetchval(_KEEP_ROW_KEYS, import_id, _MOST_KEYS, looked_at) is False:
        looked_at *= 10
    [row] = await connection.fetch(_WAS_IMPORTED, import_id, _MOST_KEYS, _FEWEST_KEYS)
    return Earlier(**row)
