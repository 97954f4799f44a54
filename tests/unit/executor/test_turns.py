from datetime import timedelta
from uuid import uuid4

from services.executor.turns import Turns

A, B, C = uuid4(), uuid4(), uuid4()


def test_who_was_served_goes_to_the_end() -> None:
    turns = Turns(timedelta(seconds=1))
    for import_id in (A, B, C, A):
        turns.note_served(import_id)
    assert turns.served == [B, C, A]
    assert turns.blocked == []


def test_who_is_being_served_lets_the_others_go_first_and_stays_blocked() -> None:
    turns = Turns(timedelta(hours=1))
    turns.note_served(B)
    turns.note_blocked(A)
    turns.note_served(C)
    turns.note_begun(A)
    assert turns.served == [B, C, A]
    assert turns.blocked == [A]


def test_who_is_blocked_lets_the_others_go_first_until_he_is_served() -> None:
    turns = Turns(timedelta(hours=1))
    turns.note_blocked(A)
    turns.note_served(B)
    assert turns.blocked == [A]
    turns.note_served(A)
    assert turns.blocked == []


def test_who_is_blocked_has_his_turn_when_the_pause_is_over() -> None:
    turns = Turns(timedelta())
    turns.note_blocked(A)
    assert turns.blocked == []


def test_not_every_import_there_ever_was_is_remembered() -> None:
    turns = Turns(timedelta(hours=1))
    for _ in range(1500):
        turns.note_blocked(uuid4())
    assert len(turns.served) == len(turns.blocked) == 1000
