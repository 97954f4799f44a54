"""A state of an import has one word on every surface, and its name in the program is shown nowhere."""

from services.mapping import domain as mapping
from services.notifier import domain as notifier
from services.notifier.pages.words import STATES as SHOWN
from shared.contracts.events import FinalState
from shared.contracts.states import STATES, state_words

_ALL = {state.value for states in (mapping.State, notifier.State, FinalState) for state in states}


def test_every_state_has_words() -> None:
    assert set(STATES) >= _ALL
    assert not [state for state in _ALL if "_" in state_words(state) or "cancell" in state_words(state).lower()]


def test_pages_and_command_line_use_the_same_words() -> None:
    assert {state.value: words for state, (words, _) in SHOWN.items()} == {
        state.value: state_words(state) for state in notifier.State
    }


def test_a_state_of_a_newer_release_is_readable() -> None:
    assert state_words("half_done") == "Half done"
