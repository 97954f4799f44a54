"""The closed words of a planned row."""

from enum import StrEnum

from shared.contracts.outcomes import Outcome


class Verdict(StrEnum):
    """What the check decided of a row. Of every verdict but ``apply`` nothing is changed."""

    APPLY = "apply"
    NO_CHANGE = "no_change"
    SKIPPED = "skipped"
    HELD = "held"
    FAILED = "failed"

    @property
    def outcome(self) -> Outcome:
        """What the row ends as, where all goes as planned."""
        return Outcome.APPLIED if self is Verdict.APPLY else Outcome(self.value)

    @classmethod
    def leading_to(cls, outcome: Outcome) -> "Verdict":
        return cls.APPLY if outcome is Outcome.APPLIED else cls(outcome.value)


class LoginAction(StrEnum):
    """What to do about the login of a row to apply."""

    NONE = "none"
    CREATE_SHELL = "create_shell"
    CREATE_INVITED = "create_invited"
    CLAIM = "claim"
    UPDATE_EMAIL = "update_email"
    LINK = "link"

    @property
    def meaning(self) -> str:
        return _MEANINGS[self]


_MEANINGS = {
    LoginAction.NONE: "autopay, paperless: leave the owner `login_id` as it is",
    LoginAction.CREATE_SHELL: "autopay, paperless: create a login with status shell, `email` (autopay: may be null) "
    "and `email_cc`, and link it as owner; each such row has its own",
    LoginAction.CREATE_INVITED: "registration: create a login in the biller's realm with status invited and the row's "
    "fields, and link it with `link_role`",
    LoginAction.CLAIM: "registration: give the login `login_id`, a shell or invited, the row's fields and status "
    "invited; a null leaves what is there. Its link stays",
    LoginAction.UPDATE_EMAIL: "paperless: change the email of `login_id` to `email`, and `email_cc` too where the "
    "row has one; on one row of the login, its others have none",
    LoginAction.LINK: "registration: link the login `login_id` with `link_role`, or change the role of its link; null: "
    "link the login that the row `leader_line` creates",
}
