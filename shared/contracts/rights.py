"""What somebody may do at a biller. `shared/rights.py` reads it."""

from dataclasses import dataclass

from shared.contracts.kinds import ImportKind, Permission


@dataclass(frozen=True, slots=True)
class Right:
    """What somebody may do at one biller."""

    permission: Permission
    may_approve: bool = False
    may_replace_owner: bool = False


def allows(right: Right | None, kind: ImportKind) -> bool:
    """Whether a kind of import may be run with this right. What is not permitted is denied."""
    return right is not None and right.permission in kind.spec.permissions
