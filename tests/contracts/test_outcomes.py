"""Every surface shows the five outcomes by the same five words."""

from pathlib import Path

from cli.tables import outcome_words
from services.mapping.pages.words import OUTCOMES as PLANNED
from services.notifier.mailer.report import conservation
from services.notifier.pages.words import OUTCOMES as ENDED
from shared.contracts.events import Counts
from shared.contracts.lexicon import ROLES
from shared.contracts.outcomes import Outcome
from shared.contracts.roles import Role

_CRM = Path(__file__).parents[2] / "crm" / "migrations" / "0001_crm.sql"


def test_the_five_words() -> None:
    assert [outcome.words for outcome in Outcome] == ["Applied", "No change", "Skipped", "On hold", "Failed"]
    planned = ["To apply", "No change", "To skip", "On hold", "Failed"]
    assert [outcome.planned_words for outcome in Outcome] == planned


def test_pages_mail_and_command_line_show_them() -> None:
    assert {outcome: outcome.words for outcome in Outcome} == ENDED
    assert {outcome.value: outcome.planned_words for outcome in Outcome} == PLANNED
    assert [outcome_words(outcome.value) for outcome in Outcome] == [outcome.words for outcome in Outcome]
    said = conservation(Counts(applied=112, no_change=0, skipped=11, held=1, failed=36))
    assert said == "160 rows = 112 applied + 0 no change + 11 skipped + 1 on hold + 36 failed"


def test_the_counts_of_the_wire_are_those_of_the_outcomes() -> None:
    assert list(Counts.model_fields) == [outcome.value for outcome in Outcome]


def test_every_role_has_words_and_is_read_from_a_file_and_known_to_the_crm() -> None:
    assert [role.words for role in Role] == ["owner", "oversight user", "guest"]
    assert set(ROLES.values()) == set(Role)
    known = f"role IN ({', '.join(repr(role.value) for role in Role)})"
    assert known in _CRM.read_text(encoding="utf-8")
