"""What a check is about: facts of the definition and the biller that its statements need."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.contracts.kinds import ImportKind


@dataclass(frozen=True, slots=True)
class Subject:
    """One import of one biller."""

    import_id: UUID
    biller_id: int
    realm_id: int
    kind: ImportKind
    invoice_types: tuple[str, ...]
    folds_case: bool
    links_accounts: bool
    mail_domain: str  # in lower case; empty where it is not known
    effective_date: date | None
    choices: Mapping[str, str]

    def chose(self, code: str, choice: str) -> bool:
        return self.choices.get(code) == choice
