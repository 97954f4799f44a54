"""The three people whom the development token issuer knows."""

from dataclasses import dataclass

AUDIENCE = "customer-import"
EVERY_BILLER = "*"
EVERY_KIND = ("autopay", "paperless", "registration")


@dataclass(frozen=True)
class Permission:
    """What a person may import for a biller, and whether they may approve what others prepared."""

    biller: str | int
    kinds: tuple[str, ...]
    approve: bool = False

    def claim(self) -> dict[str, object]:
        """As it stands in a token."""
        return {"biller": self.biller, "kinds": list(self.kinds), "approve": self.approve}


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in."""

    key: str
    name: str
    email: str
    role: str
    permissions: tuple[Permission, ...]


PEOPLE = {
    person.key: person
    for person in (
        Person(
            key="ivy",
            name="Ivy Marsh",
            email="ivy.marsh@example.com",
            role="Implementations Manager",
            permissions=(Permission(EVERY_BILLER, EVERY_KIND),),
        ),
        Person(
            key="paul",
            name="Paul Reyes",
            email="paul.reyes@example.com",
            role="Client Support",
            permissions=(Permission(EVERY_BILLER, ("paperless",)),),
        ),
        Person(
            key="sam",
            name="Sam Okafor",
            email="sam.okafor@example.com",
            role="Implementations Lead",
            permissions=(Permission(EVERY_BILLER, EVERY_KIND, approve=True),),
        ),
    )
}
