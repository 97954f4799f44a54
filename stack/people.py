"""The three people whom the development token issuer knows, and what the demo data lets them do."""

from dataclasses import dataclass

from shared.contracts.kinds import Permission

AUDIENCE = "customer-import"


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in; the right holds at every biller."""

    key: str
    name: str
    email: str
    role: str
    permission: Permission
    may_approve: bool = False
    may_undo: bool = False


PEOPLE = {
    person.key: person
    for person in (
        Person("ivy", "Ivy Marsh", "ivy.marsh@example.com", "Implementations Manager", "all", may_undo=True),
        Person("paul", "Paul Reyes", "paul.reyes@example.com", "Client Support", "paperless"),
        Person(
            "sam",
            "Sam Okafor",
            "sam.okafor@example.com",
            "Implementations Lead",
            "all",
            may_approve=True,
            may_undo=True,
        ),
    )
}
