"""Which columns a kind of import takes and needs."""

from collections.abc import Callable, Collection, Mapping
from typing import Final

from shared.contracts.fields.names import FieldName
from shared.contracts.fields.spec import GoesTo, Holds
from shared.contracts.kinds import ImportKind

_F = FieldName
# Of these groups of columns a kind needs one whole.
REQUIRED: Final[Mapping[ImportKind, tuple[tuple[FieldName, ...], ...]]] = {
    ImportKind.AUTOPAY: ((_F.ROUTING_NUMBER, _F.BANK_ACCOUNT_NUMBER), (_F.CARD_TOKEN, _F.CARD_EXPIRY)),
    ImportKind.PAPERLESS: ((_F.EMAIL,),),
    ImportKind.REGISTRATION: ((_F.EMAIL,),),
}


def fields_of(kind: ImportKind) -> tuple[tuple[FieldName, ...], tuple[FieldName, ...]]:
    required = tuple(field for group in REQUIRED[kind] for field in group)
    return required, tuple(field for field in FieldName if kind in field.spec.kinds and field not in required)


def going_to(place: GoesTo, kind: ImportKind | None = None) -> tuple[FieldName, ...]:
    return tuple(
        field for field in FieldName if field.spec.goes_to is place and (kind is None or kind in field.spec.kinds)
    )


def holding(*values: Holds) -> tuple[FieldName, ...]:
    return tuple(field for field in FieldName if field.spec.holds in values)


def takes_bank_accounts(kind: ImportKind) -> bool:
    return kind in FieldName.BANK_ACCOUNT_NUMBER.spec.kinds


def has_required(kind: ImportKind, mapped: Collection[FieldName]) -> bool:
    """Whether one of the groups of columns that the kind needs is there whole."""
    return any(all(_is_given(field, mapped) for field in group) for group in REQUIRED[kind])


def only_required(kind: ImportKind) -> FieldName | None:
    """The one field that the kind needs; None where it has a choice, or needs several."""
    match REQUIRED[kind]:
        case ((field,),):
            return field
        case _:
            return None


def required_words(kind: ImportKind, word: Callable[[FieldName], str] = str) -> tuple[str, str]:
    needed = ", or ".join(" and ".join(_with_parts(field, word) for field in group) for group in REQUIRED[kind])
    return "Required columns are not mapped", f"Map {needed}"


def _is_given(field: FieldName, mapped: Collection[FieldName]) -> bool:
    return field in mapped or (bool(field.spec.instead) and all(part in mapped for part in field.spec.instead))


def _with_parts(field: FieldName, word: Callable[[FieldName], str]) -> str:
    parts = [word(FieldName(part)) for part in field.spec.instead]
    return f"{word(field)} (or {' and '.join(parts)})" if parts else word(field)
