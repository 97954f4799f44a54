"""What somebody may do at a biller. `shared/rights.py` reads it."""

from dataclasses import dataclass

from shared.contracts.fields import takes_bank_accounts
from shared.contracts.kinds import ImportKind, Permission


@dataclass(frozen=True, slots=True)
class Right:
    """What somebody may do at one biller."""

    permission: Permission
    may_approve: bool = False
    may_replace_owner: bool = False
    may_undo: bool = False
    may_operate: bool = False  # counts on the right for every biller only
    may_audit: bool = False  # so does this
    may_manage_webhooks: bool = False
    may_edit_emails: bool = False


def allows(right: Right | None, kind: ImportKind) -> bool:
    """Whether a kind of import may be run with this right. What is not permitted is denied."""
    return right is not None and right.permission in kind.spec.permissions


def may_undo(right: Right | None) -> bool:
    return right is not None and right.may_undo


def may_see_bank_accounts(right: Right | None) -> bool:
    """Whether somebody may import a kind whose files list bank accounts, and so see such files."""
    return any(allows(right, kind) for kind in ImportKind if takes_bank_accounts(kind))
