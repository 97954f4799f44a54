"""Account numbers of a file held against those of the biller: recipes that fit, and what the missing ones look like."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.mapping.context import Context
from services.mapping.repository import drafts as repository
from services.mapping.sample import Sample
from services.mapping.suggestions import nearest, recipe
from services.mapping.suggestions.columns import account_columns
from shared.contracts.definition import ColumnPart, Part
from shared.contracts.fields import FieldName
from shared.postgres import Connection

_ROWS_TRIED: Final = 40
_SURE: Final = 0.3  # by chance far fewer numbers of a file exist
_NEARLY_AS_GOOD: Final = 0.9
_NEVER: Final = (FieldName.ROUTING_NUMBER, FieldName.BANK_ACCOUNT_NUMBER, FieldName.CARD_TOKEN)


@dataclass(frozen=True, slots=True)
class Fitting:
    """A recipe with the share of the first rows whose number exists."""

    parts: tuple[Part, ...]
    share: float

    @property
    def columns(self) -> frozenset[str]:
        return frozenset(part.column for part in self.parts if isinstance(part, ColumnPart))


@dataclass(frozen=True, slots=True)
class Compared:
    """The status of the customers found, by number; and beside the first numbers not found the one most like each."""

    known: Mapping[str, str]
    nearest: Mapping[str, str | None]


def offered(sample: Sample, columns: Mapping[FieldName, str]) -> list[str]:
    """Columns for the account number, likely ones first; never those that hold bank accounts or tokens."""
    never = {columns.get(field) for field in _NEVER}
    likely = account_columns(sample.columns, columns)
    return [*likely, *(header for header in sample.header if header not in never and header not in likely)]


async def fitting(
    connection: Connection, biller_id: int, sample: Sample, columns: Mapping[FieldName, str]
) -> list[Fitting]:
    """Recipes that find customers in the first rows, the best first; they are offered and never taken by themselves."""
    usable = set(offered(sample, columns))
    likely = account_columns(sample.columns, columns)
    rows = sample.by_header(_ROWS_TRIED)
    if not rows:
        return []
    numbers = await repository.some_numbers(connection, biller_id)
    tried = list(recipe.candidates(numbers, [one for one in sample.columns if one.header in usable], likely))
    made = [[recipe.account_number(parts, row) for row in rows] for parts in tried]
    wanted = {number for one in made for number in one if 0 < len(number) <= recipe.LONGEST}
    known = (await repository.existing(connection, biller_id, list(wanted))).keys()
    # Different numbers count: a column with the same value in every row may find one customer each time.
    scores = {index: len(known & set(one)) / len(rows) for index, one in enumerate(made) if one not in made[:index]}
    ranked = recipe.ranked(scores)
    # What finds clearly less than the best finds it by chance, and must not stand beside it to be clicked.
    best = scores[ranked[0]] if ranked else 0.0
    return [
        Fitting(tried[index], sum(number in known for number in made[index]) / len(rows))
        for index in ranked
        if scores[index] >= best * _NEARLY_AS_GOOD
    ]


async def fitting_at(
    context: Context, biller_id: int, sample: Sample, columns: Mapping[FieldName, str]
) -> list[Fitting]:
    """Recipes that fit this biller's customers, the best first."""
    async with context.database.connection() as connection:
        return await fitting(connection, biller_id, sample, columns)


async def account_parts(context: Context, biller_id: int, sample: Sample) -> Collection[str]:
    """Columns of the file that make account numbers of the biller."""
    best = next(iter(await fitting_at(context, biller_id, sample, {})), None)
    return best.columns if best is not None and best.share >= _SURE else ()


async def compared(context: Context, biller_id: int, numbers: Sequence[str], most: int) -> Compared:
    """These numbers held against those of the biller's customers."""
    async with context.database.connection() as connection:
        known = await repository.existing(connection, biller_id, list({*numbers} - {""}))
        missing = [number for number in numbers if number and number not in known][:most]
        near = await nearest_of(connection, biller_id, missing)
    return Compared(known, dict(zip(missing, near, strict=True)))


async def nearest_of(
    connection: Connection, biller_id: int, numbers: Sequence[str], *, only_active: bool = False
) -> list[str | None]:
    """For each number that cannot be used the other existing one that looks most like it."""
    if not numbers:
        return []
    shape = recipe.shape_of(await repository.some_numbers(connection, biller_id))
    asked = {number: nearest.probes(number, shape) for number in numbers}
    probed = await repository.existing(connection, biller_id, list(set().union(*asked.values())))
    beside = await repository.neighbours(connection, biller_id, numbers)
    found = []
    for number in numbers:
        known = {near: status for near, status in probed.items() if near in asked[number]} | beside[number]
        alike = (near for near, status in known.items() if status == "active" or not only_active)
        found.append(nearest.nearest(number, alike))
    return found
