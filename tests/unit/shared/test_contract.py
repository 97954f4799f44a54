from uuid import uuid4

import pytest
from pydantic import ValidationError

from services.mapping.draft import Content
from shared.contracts.definition import ColumnPart, Trim, Upper
from shared.contracts.events import ImportConfirmed

_MOST: int = 50


def test_a_copy_with_changes_fits_as_the_first_did() -> None:
    part = ColumnPart(column="Acct", transforms=(Trim(do="trim"),) * _MOST)
    with pytest.raises(ValidationError):
        part.model_copy(update={"transforms": (*part.transforms, Upper(do="upper"))})
    with pytest.raises(ValidationError):
        Content().with_changes(values={"email": {"x" * 100_000: "none"}})
    event = ImportConfirmed(import_id=uuid4(), biller_id=1, check_no=1)
    assert event.model_copy(update={"check_no": 2}).event_id == event.event_id
    changed = part.model_copy(update={"column": "Account"})
    assert (changed.column, changed.transforms, changed.model_fields_set) == (
        "Account",
        part.transforms,
        part.model_fields_set,
    )
