"""Invented people, the same ones each time, and public routing numbers."""

import random
from typing import Final

ROUTING_NUMBERS: Final = (
    *("021000021", "011000015", "122105155", "121000248", "026009593", "111000025", "091000019"),
    *("322271627", "267084131", "053000196", "071000013", "021200339", "122000247"),
)
_FIRST: Final = (
    *("Ana", "Lee", "Joon", "Kira", "Marta", "Owen", "Priya", "Samuel"),
    *("Ines", "Tobias", "Wanda", "Yusuf", "Clara", "Dmitri", "Elena", "Felix"),
    *("Greta", "Hugo", "Irene", "Jakob", "Leila", "Mateo", "Nadia", "Oscar"),
    *("Paula", "Quentin", "Rosa", "Stefan", "Tessa", "Viktor"),
)
_LAST: Final = (
    *("Ortiz", "Wu", "Park", "Diaz", "Marsh", "Reyes", "Okafor", "Lindqvist"),
    *("Novak", "Haddad", "Ferreira", "Tanaka", "Kowalski", "Brandt", "Moreau", "Silva"),
    *("Petrov", "Nyberg", "Costa", "Murphy", "Ivanov", "Becker", "Rossi", "Khan"),
    *("Laurent", "Dvorak", "Peña", "Jensen", "Varga", "O'Brien"),
)
_STREETS: Final = ("Mill St", "River Rd", "Quarry Ln", "Depot Ave", "Orchard Way", "Ferry St", "Chapel Hill Rd")
_MAIL: Final = ("example.com", "example.org", "example.net", "mail.example.com")


class People:
    """Draws from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - the same people each time, nothing secret
        self._count = 0

    def name(self) -> tuple[str, str]:
        return self.random.choice(_FIRST), self.random.choice(_LAST)

    def email(self, first: str, last: str) -> str:
        self._count += 1
        words = "".join(letter for letter in f"{first}.{last}".lower() if letter.isascii() and letter not in "' ")
        return f"{words}{self._count}@{self.random.choice(_MAIL)}"

    def street(self) -> str:
        return f"{self.random.randint(1, 999)} {self.random.choice(_STREETS)}"

    def bank(self) -> tuple[str, str]:
        digits = self.random.randint(7, 12)
        return self.random.choice(ROUTING_NUMBERS), str(self.random.randint(1, 9)) + self.digits(digits - 1)

    def digits(self, count: int) -> str:
        return "".join(self.random.choice("0123456789") for _ in range(count))

    def token(self) -> str:
        return "tok_" + "".join(self.random.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(16))

    def chance(self, share: float) -> bool:
        return self.random.random() < share
