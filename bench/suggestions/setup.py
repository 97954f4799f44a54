"""Account numbers as the CRM has them and as files write them: from which a setup is to be suggested."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from services.mapping.suggestions.columns import Column, columns_of

_UNKNOWN: Final = 10  # every tenth row is of nobody the biller has


@dataclass(frozen=True, slots=True)
class Size:
    """How many customers the CRM has and rows the file."""

    customers: int = 120
    rows: int = 40


@dataclass(frozen=True, slots=True)
class Customer:
    """What account numbers are made of."""

    number: int

    @property
    def customer(self) -> int:
        return 1002 + self.number * 37

    @property
    def location(self) -> int:
        return 2006 + self.number * 53 % 7000

    @property
    def book(self) -> int:
        return (101, 102, 205)[self.number % 3]

    @property
    def sequence(self) -> int:
        return 1 + self.number % 4

    @property
    def check_digit(self) -> int:
        return self.customer * 7 % 10

    @property
    def line(self) -> str:
        return ("HO", "AU", "BO")[self.number % 3]


Written = Callable[[Customer], str]


@dataclass(frozen=True, slots=True)
class Setup:
    """How the CRM writes a number and how the file does, by column. None can be found where ``exists`` is false."""

    name: str
    number: Written
    columns: Mapping[str, Written]
    exists: bool = True

    def existing(self, size: Size) -> list[str]:
        """The numbers of the CRM."""
        return [self.number(Customer(one)) for one in range(size.customers)]

    def rows(self, size: Size) -> tuple[list[Column], list[str]]:
        """The columns of a file, and the number that each row means."""
        picked = [Customer(self._picked(row, size.customers)) for row in range(size.rows)]
        cells = [[write(one) for write in self.columns.values()] for one in picked]
        return columns_of(list(self.columns), cells), [self.number(one) for one in picked]

    def _picked(self, row: int, customers: int) -> int:
        is_unknown = not self.exists or row % _UNKNOWN == _UNKNOWN - 1
        return row * 7 % customers + is_unknown * customers


def padded(one: Customer) -> str:
    return f"WTR-{one.customer:07}-{one.location:06}"


def three(one: Customer) -> str:
    return f"{one.book:03}-{one.location:04}-{one.sequence:02}"


def digits(one: Customer) -> str:
    return f"{one.customer:09}"


def plain(one: Customer) -> str:
    return str(one.customer)


def lettered(one: Customer) -> str:
    return f"W{one.customer:06}"


def joined(one: Customer) -> str:
    return f"{one.customer:07}{one.location:06}"


def dotted(one: Customer) -> str:
    return f"{one.customer:05}.{one.location:04}"


def policy(one: Customer) -> str:
    return f"{one.line}-{one.customer:07}-{one.sequence:02}"
