"""What the API says of the imports of one customer, as it stands in the OpenAPI document."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import Field

from services.notifier.records import CustomerRow
from services.notifier.views import Answer
from shared.contracts.kinds import ImportKind


class CustomerChange(Answer):
    """One value that a row changed."""

    what: str
    before: str = Field(description="empty if there was none")
    after: str


class CustomerImport(Answer):
    """A row that was applied to the customer."""

    import_id: UUID
    biller_name: str
    kind: ImportKind
    undoes: UUID | None = Field(description="the import that this one undoes")
    file_name: str
    requester: str | None
    requested_at: datetime
    account_number: str
    line: int
    codes: list[str]
    changes: list[CustomerChange] = Field(description="only the last four characters of bank accounts and cards")

    @classmethod
    def of(cls, row: CustomerRow) -> Self:
        return cls(
            import_id=row.import_id,
            biller_name=row.biller_name,
            kind=row.kind,
            undoes=row.undoes,
            file_name=row.file_name,
            requester=row.requester_name,
            requested_at=row.defined_at,
            account_number=row.account_number,
            line=row.line_no,
            codes=list(row.codes),
            changes=[CustomerChange(what=one.what, before=one.before, after=one.after) for one in row.changes],
        )


class CustomerHistory(Answer):
    """What imports changed for a customer, newest first; the newest hundred rows."""

    items: list[CustomerImport]
