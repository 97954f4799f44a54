"""The parts of which a scene is made: who is there, the file that arrives, what is asked, and how it ends."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from shared.contracts.kinds import ImportKind

FILES = Path(__file__).parent / "files"

TYPES = ("WATER", "SEWER")


@dataclass(frozen=True)
class Login:
    """A login of the biller's realm."""

    email: str | None
    status: str = "active"
    login_name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    elsewhere: int = 0  # accounts that it owns at another biller of the realm


@dataclass(frozen=True)
class Account:
    """A customer of Riverbend Water. ``owner`` is a key of the scene's logins, or else the email of an active login."""

    number: str
    name: str | None = None
    owner: str | None = None
    status: Literal["active", "closed", "inactive"] = "active"
    card: str | None = None  # the customer enrolled in autopay with a card of this token
    paperless: str | None = None  # the status of the paperless enrolments
    bills: tuple[str, ...] = TYPES


@dataclass(frozen=True)
class Answer:
    """What a person answers to the codes that are asked, and how that ends.

    ``rows`` says for each line its outcome and codes, ``state`` how the accounts look afterwards (``Stage.accounts``);
    an account that is not named looks as before. ``asked_again`` are codes that come up because of the answers.
    """

    choices: Mapping[str, str]
    rows: Mapping[int, str]
    state: Mapping[str, str] = field(default_factory=dict)
    asked_again: Mapping[str, int] = field(default_factory=dict)
    typed_count: int | None = None

    def __str__(self) -> str:
        return ",".join(f"{code}={choice}" for code, choice in self.choices.items()) or "confirmed"


STOPPED: Mapping[int, str] = {}
"""The rows of an import that was stopped: there is no plan, and nothing changes."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One file that arrives at Riverbend Water."""

    name: str
    kind: ImportKind
    accounts: tuple[Account, ...]
    content: str | bytes  # a file of the folder, or the bytes of a bulky one
    columns: Mapping[str, str]
    found: Mapping[str, int]  # the codes of the first check with their counts
    answers: tuple[Answer, ...] = ()  # none: the file is refused
    logins: Mapping[str, Login] = field(default_factory=dict)
    account_number: tuple[Any, ...] = ({"column": "Account"},)
    options: Mapping[str, Any] = field(default_factory=dict)
    links: bool = False
    after: "Scene | None" = None  # what was imported before, with its first answer

    def __str__(self) -> str:
        return self.name

    @cached_property
    def file(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else (FILES / self.content).read_bytes()

    @property
    def choices(self) -> set[tuple[str, str]]:
        """Every choice that some answer takes."""
        return {choice for answer in self.answers for choice in answer.choices.items()}


def riverbend(customer: int | str, location: int = 2210) -> str:
    """An account number of Riverbend Water."""
    return f"WTR-{customer:0>7}-{location:0>6}"


def padded(column: str, length: int) -> dict[str, Any]:
    """A part of the account number, filled up with the zeros that the export lost."""
    return {"column": column, "transforms": [{"do": "trim"}, {"do": "pad_left", "length": length}]}


def paid_by(method: str, status: str = "shell", *, until: str = "") -> str:
    """An account of its own owner with autopay of both types by ``method``, his default one."""
    return f"{status} | default {method} | WATER+SEWER by {method.rsplit(maxsplit=1)[-1]} from 2026-04-01{until}"
