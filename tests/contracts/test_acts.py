"""Every act of the audit trail has words, a place that records it, and a test that it leaves its entry."""

import ast
from pathlib import Path

import pytest

from shared.audit import Act
from tests.integration.administration import test_audit as of_administration
from tests.integration.mapping import test_audit as of_mapping
from tests.integration.notifier import test_audit as of_notifier
from tests.integration.shared import test_audit as of_shared
from tests.integration.web import test_code_flow as of_sign_in

_ROOT = Path(__file__).parents[2]
_MODULES = (of_administration, of_mapping, of_notifier, of_shared, of_sign_in)
_NAMES = {
    node.attr
    for folder in ("services", "shared", "cli")
    for file in (_ROOT / folder).rglob("*.py")
    if file.name != "acts.py"
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Act"
}


@pytest.mark.parametrize("act", Act)
def test_an_act_has_words_and_is_recorded_and_tested(act: Act) -> None:
    assert act.words
    assert act.name in _NAMES, f"nothing records {act}"
    assert any(act in module.SCENARIOS for module in _MODULES), f"no test that {act} leaves its entry"
