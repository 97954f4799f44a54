"""What looks as if somebody had taken a wrong turn: the file of another kind of import, or two columns mixed up."""

from collections.abc import Mapping, Sequence
from typing import Final

from services.mapping.suggestions.columns import Column, is_routing_column, suggest
from shared.contracts.fields import FieldName, fields_of
from shared.contracts.kinds import ImportKind

_F = FieldName
_TELLING: Final = frozenset({_F.ROUTING_NUMBER, _F.CARD_TOKEN})


def payment_columns(columns: Sequence[Column]) -> list[str]:
    """Headers of columns with payment methods, whatever the kind of import; none unless values and names say so."""
    found = suggest(ImportKind.AUTOPAY, columns)
    named = [found[field] for field in fields_of(ImportKind.AUTOPAY)[0] if field in found]
    sure = any(one.field in _TELLING and one.confidence == "high" for one in named)
    return [one.header for one in named] if sure else []


def are_swapped(columns: Sequence[Column], chosen: Mapping[FieldName, str]) -> bool:
    """Whether the column chosen for bank accounts has the routing numbers, and the one chosen for them has none."""
    named = {column.header: column for column in columns}
    routing, account = (named.get(chosen.get(field, "")) for field in (_F.ROUTING_NUMBER, _F.BANK_ACCOUNT_NUMBER))
    if routing is None or account is None:
        return False
    return is_routing_column(account) and not is_routing_column(routing)
