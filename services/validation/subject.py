"""What a check is about: facts of the definition and the biller that its statements need."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Subject:
    """One import of one biller."""

    import_id: UUID
    biller_id: int
    realm_id: int
    kind: str
    invoice_types: tuple[str, ...]
    folds_case: bool
    links_accounts: bool
