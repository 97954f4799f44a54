"""What a file is read with besides its definition."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from shared.contracts.codes import CODES

SealEach = Callable[[Sequence[str]], Sequence[bytes]]
Identify = Callable[..., bytes]


@dataclass(frozen=True, slots=True)
class Secrets:
    """How bank data is sealed and recognised again without being stored in clear."""

    seal_each: SealEach
    identify: Identify


@dataclass(frozen=True, slots=True)
class Context:
    """The day, the answers given, and what is known of the biller and of routing numbers.

    ``choices`` are the answers by code. ``directory`` holds the routing numbers an operator has loaded, each with the
    number that replaces it; it is empty where none was loaded.
    """

    today: date
    secrets: Secrets
    choices: Mapping[str, str] = field(default_factory=dict)
    directory: Mapping[str, str | None] = field(default_factory=dict)
    mail_domain: str = ""
    doubts: frozenset[str] = frozenset()
    """Of a round: what the whole file left in doubt (C219, C242, C244), which a few of its rows cannot tell."""

    @property
    def going_on(self) -> frozenset[str]:
        return frozenset(code for code, choice in self.choices.items() if CODES[code].lets_continue(choice))
