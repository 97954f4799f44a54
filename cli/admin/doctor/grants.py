"""What the roles of the services may do with objects that are not theirs: what they need, and what they lack."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

from shared.postgres import Connection

FILE: Final = Path(__file__).with_name("grants.txt")
"""A GRANT a line, as the migrations of this release leave them; a test compares it with a database."""
_GRANT: Final = re.compile(
    r"GRANT (?P<privilege>\w+)(?: \((?P<columns>[\w, ]+)\))? ON (?:(?P<kind>[A-Z]+) )?(?P<name>.+) TO (?P<role>\w+);"
)
# By name and not by `to_regclass`, which fails for whoever may not even see the schema.
_LACKING: Final = """
    WITH object AS (
        SELECT 'SCHEMA' AS kind, nspname AS name, oid FROM pg_namespace
        UNION ALL SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE '' END, nspname || '.' || relname, c.oid
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE relkind IN ('r', 'v', 'm', 'f', 'p', 'S')
        UNION ALL SELECT 'FUNCTION', format('%s.%s(%s)', nspname, proname, oidvectortypes(proargtypes)), p.oid
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    )
    SELECT needed.place, lacking.columns
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
        WITH ORDINALITY AS needed (role, privilege, columns, kind, name, place)
    JOIN object USING (kind, name)
    CROSS JOIN LATERAL (
        SELECT string_agg(attname, ', ' ORDER BY attname) AS columns
        FROM pg_attribute WHERE attrelid = object.oid AND CASE
            WHEN attname = ANY(string_to_array(needed.columns, ', ')) AND NOT attisdropped
            THEN NOT has_column_privilege(role, object.oid, attnum, privilege)
        END
    ) AS lacking
    WHERE CASE
        WHEN needed.columns <> '' THEN lacking.columns IS NOT NULL
        WHEN kind = 'SCHEMA' THEN NOT has_schema_privilege(role, object.oid, privilege)
        WHEN kind = 'FUNCTION' THEN NOT has_function_privilege(role, object.oid, privilege)
        WHEN kind = 'SEQUENCE' THEN NOT has_sequence_privilege(role, object.oid, privilege)
        ELSE NOT has_table_privilege(role, object.oid, privilege)
    END
    ORDER BY needed.place
"""


@dataclass(frozen=True, slots=True)
class Grant:
    """One privilege of a role on one object, or on columns of it; `kind` is as in GRANT, none for tables and views."""

    role: str
    privilege: str
    columns: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Granting:
    """One statement: rights of a role on objects of one kind, with commas between them."""

    role: str
    rights: str
    kind: str
    names: str

    @property
    def statement(self) -> str:
        return f"GRANT {self.rights} ON {self._objects} TO {self.role};"

    @property
    def as_lack(self) -> str:
        return f"{self.role} lacks {self.rights} on {self._objects.lower()}"

    @property
    def _objects(self) -> str:
        return f"{self.kind} {self.names}".strip()


@cache
def needed() -> tuple[Grant, ...]:
    return tuple(map(parsed, FILE.read_text(encoding="ascii").splitlines()))


def parsed(statement: str) -> Grant:
    if found := _GRANT.fullmatch(statement):
        return Grant(**{name: value or "" for name, value in found.groupdict().items()})
    raise ValueError(statement)


async def lacking(connection: Connection, roles: Sequence[str]) -> list[Grant]:
    """What these roles, which have to be there, may not do with objects and columns that are there."""
    wanted = [grant for grant in needed() if grant.role in roles]
    parts = zip(*((one.role, one.privilege, one.columns, one.kind, one.name) for one in wanted), strict=True)
    rows = await connection.fetch(_LACKING, *map(list, parts))
    found = [(wanted[row["place"] - 1], row["columns"]) for row in rows]
    return [replace(grant, columns=columns or grant.columns) for grant, columns in found]


def together(grants: Iterable[Grant]) -> list[Granting]:
    """As few statements as give all of these."""
    rights: dict[tuple[str, str, str, str], list[str]] = {}
    for one in grants:
        right = f"{one.privilege} ({one.columns})" if one.columns else one.privilege
        rights.setdefault((one.role, one.kind, one.name, one.columns), []).append(right)
    names: dict[tuple[str, str, str], list[str]] = {}
    for (role, kind, name, _), some in rights.items():
        names.setdefault((", ".join(sorted(some)), kind, role), []).append(name)
    return [Granting(role, some, kind, ", ".join(of)) for (some, kind, role), of in sorted(names.items())]
