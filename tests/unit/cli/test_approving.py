"""The second person at the command line."""

from typing import cast

import pytest

from cli.approving import approve_import
from cli.client import Client
from cli.errors import CommandError


class _Answers:
    """A check that waits for a person who is somebody else; nothing can be approved."""

    def check(self, import_id: str) -> dict[str, object]:
        refused = "You corrected cells of this import yourself"
        return {"import_id": import_id, "check_no": 2, "findings": [], "answers": {}, "approval_refused": refused}

    def corrections(self, _: str) -> dict[str, object]:
        return {"items": []}


def test_who_can_not_approve_is_told_so_before_being_asked() -> None:
    with pytest.raises(CommandError, match="You corrected cells of this import yourself") as refused:
        approve_import(cast("Client", _Answers()), "1", 2)
    assert refused.value.remedy == "Ask another person who may approve"
