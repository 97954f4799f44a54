"""The rows of the file in a temporary table (rules row-* to log-*), and those of one account (rules together-*)."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

from services.validation.repository.tables import WorkingTables
from shared.contracts.codes import CODES
from shared.contracts.codes.names import UNREADABLE
from shared.postgres import Connection

# Column "identity": what two rows of one account must have in common, the fingerprint or the email in lower case.
_STAGED: Final = """
CREATE TEMP TABLE staged (
    ordinal int NOT NULL,
    line_no int NOT NULL,
    verdict text,
    codes text[],
    account_number text COLLATE "C",
    raw_cells text COLLATE "C",
    is_stand_in boolean,
    identity text COLLATE "C",
    method_kind text, link_role text,
    email text, email_cc text,
    customer_name text, first_name text, last_name text, login_name text, phone text,
    address1 text, address2 text, city text, state text, zip text,
    holder_name text, holder_type text,
    routing_number text, account_sealed text, account_last4 text, account_type text,
    token_ref text, token_vault text, card_brand text, card_last4 text, exp_year int, exp_month int,
    starts_on date, ends_on date, max_amount numeric(12, 2),
    authorized_on date, authorization_channel text, authorization_reference text,
    evidence text, for_log text
) ON COMMIT DROP
"""

# What a code makes of the row it decides, by the registry.
_VERDICT_OF: Final = """
SELECT * FROM unnest($1::text[], $2::text[]) AS known (code, verdict)
"""

# Accounts of live rows that stand in other rows, too: live ones, or rows that speak against them. together-1: with
# different raw cells they collide (R105). together-2: with different values they conflict; a blank cell is a value like
# any other, or the first row would decide whether an authorization ends. together-4: so do rows beside one that says
# no, is skipped, or has values nobody can read (R134). together-9: names are compared without accents, and a father and
# his son are two. Otherwise the first row leads and the others follow.
_SHARED_ACCOUNT: Final = r"""
WITH shared AS (
    SELECT account_number, bool_or(verdict IS NOT NULL) AS is_contradicted
    FROM staged
    WHERE verdict IS NULL OR verdict = 'skipped' OR codes && $2::text[]
    GROUP BY account_number
    HAVING count(*) > 1 AND bool_or(verdict IS NULL)
)
SELECT account_number,
       min(line_no) AS leader,
       CASE
           WHEN min(raw_cells) IS DISTINCT FROM max(raw_cells) THEN 'R105'
           WHEN min(identity) IS DISTINCT FROM max(identity)
               OR min(coalesce(account_type, '')) <> max(coalesce(account_type, ''))
               OR min(coalesce(holder_type, '')) <> max(coalesce(holder_type, ''))
               OR min(coalesce(lower(holder_name), '')) <> max(coalesce(lower(holder_name), ''))
               OR min(coalesce(exp_year * 12 + exp_month, 0)) <> max(coalesce(exp_year * 12 + exp_month, 0))
               OR min(coalesce(lower(card_brand), '')) <> max(coalesce(lower(card_brand), ''))
               OR min(coalesce(card_last4, '')) <> max(coalesce(card_last4, ''))
               OR min(coalesce(starts_on, '-infinity')) <> max(coalesce(starts_on, '-infinity'))
               OR min(coalesce(ends_on, 'infinity')) <> max(coalesce(ends_on, 'infinity'))
               OR min(coalesce(max_amount, 'NaN')) <> max(coalesce(max_amount, 'NaN'))
               OR min(coalesce(authorized_on, '-infinity')) <> max(coalesce(authorized_on, '-infinity'))
               OR min(coalesce(authorization_channel, '')) <> max(coalesce(authorization_channel, ''))
               OR min(coalesce(authorization_reference, '')) <> max(coalesce(authorization_reference, ''))
               OR min(coalesce(evidence, '')) <> max(coalesce(evidence, ''))
               OR min(coalesce(lower(email), '')) <> max(coalesce(lower(email), ''))
               OR min(coalesce(lower(email_cc), '')) <> max(coalesce(lower(email_cc), ''))
               OR min(coalesce(lower(nullif(login_name, email)), ''))
                   <> max(coalesce(lower(nullif(login_name, email)), ''))
               OR min(lower(regexp_replace(normalize(coalesce(first_name, ''), NFKD), '[\u0300-\u036f]', '', 'g')))
                   <> max(lower(regexp_replace(normalize(coalesce(first_name, ''), NFKD), '[\u0300-\u036f]', '', 'g')))
               OR min(lower(regexp_replace(normalize(coalesce(last_name, ''), NFKD), '[\u0300-\u036f]', '', 'g')))
                   <> max(lower(regexp_replace(normalize(coalesce(last_name, ''), NFKD), '[\u0300-\u036f]', '', 'g')))
               OR $1 = 'R133' AND (
                   min(substring(upper(customer_name) FROM '\m(JR|SR|II|III|IV|2ND|3RD|4TH)\M'))
                       <> max(substring(upper(customer_name) FROM '\m(JR|SR|II|III|IV|2ND|3RD|4TH)\M'))
                   OR min(coalesce(link_role, 'owner')) <> max(coalesce(link_role, 'owner'))
                   OR min(coalesce(regexp_replace(phone, '[^0-9]', '', 'g'), ''))
                       <> max(coalesce(regexp_replace(phone, '[^0-9]', '', 'g'), ''))
               )
               THEN $1::text
           WHEN bool_or(is_contradicted) THEN 'R134'
       END AS code
FROM shared
JOIN staged USING (account_number)
WHERE verdict IS NULL
GROUP BY account_number
"""

# The rows of such accounts that do not lead: the code that ends them, or null for followers.
_NOT_LEADING: Final = """
SELECT s.line_no, s.ordinal, a.leader, a.code
FROM shared_account a
JOIN staged s ON s.account_number = a.account_number
WHERE s.verdict IS NULL AND (a.code IS NOT NULL OR s.line_no <> a.leader)
"""

_MASK_FOR_LOG: Final = """
UPDATE staged
SET for_log = (
    SELECT jsonb_object_agg(
        key, CASE WHEN key = ANY ($1) THEN '****' || right(value, least(4, length(value) / 2)) ELSE value END
    )
    FROM jsonb_each_text(for_log::jsonb)
)
WHERE for_log IS NOT NULL
"""


# C219, C244: what only the whole column could tell. A date that may be another day has not ended autopay yet (S403).
_DOUBT: Final = """
UPDATE staged
SET codes = ARRAY (
        SELECT DISTINCT code
        FROM unnest(array_remove(staged.codes, 'S403') || ARRAY [$2::text]) AS known (code)
        ORDER BY code
    ),
    verdict = CASE WHEN NOT $3 THEN $4 END
FROM unnest($1::int[]) AS doubtful (line_no)
WHERE staged.line_no = doubtful.line_no AND (verdict IS NULL OR NOT $3 AND 'S403' = ANY (codes))
"""


async def prepare(work: WorkingTables, memory_megabytes: int) -> None:
    """Room for hash joins, and the tables a check needs first."""
    connection = work.connection
    await connection.execute("SELECT set_config('work_mem', $1, true)", f"{memory_megabytes}MB")
    # Compiling expressions takes longer than the queries of small files run.
    await connection.execute("SET LOCAL jit = off")
    # Working tables are counted for the order of joins alone; to look at ten times as many of their rows takes longer
    # than some of the queries.
    await connection.execute("SET LOCAL default_statistics_target = 10")
    # The planner takes a text that is null in each row for one of 32 bytes, and cuts a table in two that fits easily.
    await connection.execute("SET LOCAL hash_mem_multiplier = 2.5")
    await connection.execute(_STAGED)
    verdicts = {code.number: code.outcome.value for code in CODES.values() if code.outcome}
    await work.make("verdict_of", _VERDICT_OF, list(verdicts), list(verdicts.values()))


async def copy(connection: Connection, columns: Sequence[str], lines: bytes) -> None:
    """Stage rows: tab-separated lines of these columns in COPY's text format, an empty field being null."""
    # As one piece: of a file a little is read at a time, in a thread that waits for the one that reads the next rows.
    source = _in_one_piece(lines)
    await connection.copy_to_table("staged", source=source, columns=list(columns), format="text", null="")


async def _in_one_piece(lines: bytes) -> AsyncIterator[bytes]:
    yield lines


async def analyze(connection: Connection) -> None:
    await connection.execute("ANALYZE staged")


async def put_in_doubt(connection: Connection, code: str, lines: Sequence[int], *, goes_on: bool) -> None:
    """The code on these rows, as far as they are live; it ends them unless the answer to it lets them go on."""
    outcome = CODES[code].outcome
    await connection.execute(_DOUBT, lines, code, goes_on, outcome.value if outcome else None)


async def mask_for_log(connection: Connection, fields: Sequence[str]) -> None:
    """Of these fields the last characters go to the log, of each value at most half: their columns hold bank data."""
    await connection.execute(_MASK_FOR_LOG, list(fields))


async def find_shared_accounts(work: WorkingTables, conflict: str, *, may_be_shared: bool = True) -> None:
    """Collisions, followers and conflicts, which have this code."""
    await work.make("shared_account", _SHARED_ACCOUNT, conflict, sorted(UNREADABLE), may_find=may_be_shared)
    await work.make("not_leading", _NOT_LEADING)
