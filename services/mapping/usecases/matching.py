"""Account numbers of a file held against those of the biller: setups that fit, and what the missing ones look like."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.mapping.context import Context
from services.mapping.numbers import FirstRows
from services.mapping.records import Biller, Existing
from services.mapping.repository import drafts as repository
from services.mapping.sample import Sample
from services.mapping.suggestions import account_number, nearest, shapes
from services.mapping.suggestions.columns import Column, account_columns
from shared.contracts.account_number import columns_of
from shared.contracts.definition import Part
from shared.contracts.fields import FieldName
from shared.postgres import Connection

ROWS_TRIED: Final = 40
_ROWS_SHOWN: Final = 8
_NOT_FOUND_SHOWN: Final = 5
_SURE: Final = 0.3  # by chance far fewer numbers of a file exist
_NEVER: Final = (FieldName.ROUTING_NUMBER, FieldName.BANK_ACCOUNT_NUMBER, FieldName.CARD_TOKEN)


@dataclass(frozen=True, slots=True)
class Fitting:
    """A setup with the share of the first rows whose number exists."""

    parts: tuple[Part, ...]
    share: float

    @property
    def columns(self) -> frozenset[str]:
        return frozenset(columns_of(self.parts))


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of the preview."""

    line: int
    raw: str
    number: str
    code: str
    """Why the check would refuse the number."""
    status: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What the parts come to."""

    rows: list[Shown]
    tried: int
    found: int
    closed: int
    unusable: int
    missing: list[tuple[Shown, str | None]]

    @property
    def share(self) -> float:
        return self.found / self.tried if self.tried else 0.0


def offered(sample: Sample, columns: Mapping[FieldName, str]) -> list[str]:
    """Columns for the account number, likely ones first; never those that hold bank accounts or tokens."""
    never = {columns.get(field) for field in _NEVER}
    likely = account_columns(sample.columns, columns)
    return [*likely, *(header for header in sample.header if header not in never and header not in likely)]


async def fitting(
    connection: Connection, biller: Biller, sample: Sample, rows: FirstRows, columns: Mapping[FieldName, str]
) -> list[Fitting]:
    """Setups that find customers in the first rows, the best first; they are offered and never taken by themselves."""
    usable = set(offered(sample, columns))
    likely = account_columns(sample.columns, columns)
    count = len(rows.lines)
    if not count:
        return []
    numbers = await _some_numbers(connection, biller)
    columns_tried = [one for one in sample.columns if one.header in usable]
    tried, made = await asyncio.to_thread(
        _setups_with_numbers, numbers, columns_tried, likely, rows.without_notes(), fold_case=biller.folds_case
    )
    wanted = set().union(*made) - {""}
    known = (await repository.existing(connection, biller.id, wanted, fold_case=biller.folds_case)).keys()
    return [
        Fitting(tried[index], sum(number in known for number in made[index]) / count)
        for index in account_number.worth_offering(made, known, account_number.doubtful(tried, likely))
    ]


def _setups_with_numbers(
    existing: Sequence[str], columns: Sequence[Column], likely: Sequence[str], rows: FirstRows, *, fold_case: bool
) -> tuple[list[tuple[Part, ...]], list[list[str]]]:
    tried = list(account_number.candidates(existing, columns, likely))
    return tried, [rows.compose(parts, fold_case=fold_case).usable for parts in tried]


async def fitting_at(
    context: Context, biller: Biller, sample: Sample, rows: FirstRows, columns: Mapping[FieldName, str]
) -> list[Fitting]:
    """Setups that fit this biller's customers, the best first."""
    async with context.database.connection() as connection:
        return await fitting(connection, biller, sample, rows, columns)


async def account_parts(context: Context, biller: Biller, sample: Sample, rows: FirstRows) -> Collection[str]:
    best = next(iter(await fitting_at(context, biller, sample, rows, {})), None)
    return best.columns if best is not None and best.share >= _SURE else ()


async def preview_at(
    context: Context, biller: Biller, sample: Sample, rows: FirstRows, parts: Sequence[Part]
) -> Preview:
    async with context.database.connection() as connection:
        return await preview(connection, biller, sample, rows, parts)


async def preview(
    connection: Connection, biller: Biller, sample: Sample, rows: FirstRows, parts: Sequence[Part]
) -> Preview:
    """The numbers that parts make of the first rows, and which of them exist."""
    composed = await asyncio.to_thread(rows.compose, parts, fold_case=biller.folds_case)
    known = await repository.existing(connection, biller.id, {*composed.usable} - {""}, fold_case=biller.folds_case)
    cells = dict(zip(sample.lines, sample.by_header(len(sample.lines)), strict=True))
    shown = [
        Shown(
            line=line,
            raw=" · ".join(cells[line].get(column, "") for column in columns_of(parts)),
            number=number,
            code=composed.problems.get(index, ""),
            status=known[number].status if number in known else "",
        )
        for index, (line, number) in enumerate(zip(rows.lines, composed.numbers, strict=True))
    ]
    missing = [one for one in shown if not one.code and not one.status][:_NOT_FOUND_SHOWN]
    near = await nearest_of(connection, biller, [one.number for one in missing])
    return Preview(
        rows=shown[:_ROWS_SHOWN],
        tried=len(shown),
        found=sum(1 for one in shown if one.status),
        closed=sum(1 for one in shown if one.status not in ("", "active")),
        unusable=sum(1 for one in shown if one.code),
        missing=list(zip(missing, near, strict=True)),
    )


async def nearest_of(
    connection: Connection, biller: Biller, numbers: Sequence[str], *, only_active: bool = False
) -> list[str | None]:
    """For each number that cannot be used the other existing one that looks most like it."""
    if not numbers:
        return []
    shape = shapes.shape_of(await _some_numbers(connection, biller))
    asked = {number: nearest.probes(number, shape) for number in numbers}
    probes = set().union(*asked.values())
    probed = await repository.existing(connection, biller.id, probes, fold_case=biller.folds_case)
    beside = await _neighbors(connection, biller, numbers)
    found = []
    for number in numbers:
        near = [customer for probe, customer in probed.items() if probe in asked[number]] + beside[number]
        # Told apart as the biller does: by the form in which numbers are made, and shown as the CRM has them.
        alike = {_folded(one.number, biller): one.number for one in near if one.status == "active" or not only_active}
        alike.pop(number, None)
        found.append(alike.get(nearest.nearest(number, alike, shape) or ""))
    return found


async def _neighbors(connection: Connection, biller: Biller, numbers: Sequence[str]) -> dict[str, list[Existing]]:
    """Existing numbers before and behind each of these, in lower case, too, where the biller does not mind case."""
    spelled = {*numbers, *map(str.lower, numbers)} if biller.folds_case else set(numbers)
    beside = await repository.neighbors(connection, biller.id, spelled)
    return {number: [*beside[number], *beside.get(number.lower(), ())] for number in numbers}


async def _some_numbers(connection: Connection, biller: Biller) -> list[str]:
    """A few numbers that exist, in the form in which the biller tells them apart."""
    return [_folded(number, biller) for number in await repository.some_numbers(connection, biller.id)]


def _folded(number: str, biller: Biller) -> str:
    return number.upper() if biller.folds_case else number
