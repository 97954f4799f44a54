"""What each service hears, as its composition root has it."""

from collections.abc import Mapping, Sequence
from typing import Final

from services.executor import handlers as executor
from services.mapping import handlers as mapping
from services.notifier import handlers as notifier
from services.validation import handlers as validation
from shared.auth import AuthenticationFailed, Person, TokenVerifier
from shared.contracts.topics import Party
from shared.messaging.subscription import AnySubscription


class NobodysTokens(TokenVerifier):
    """A verifier that believes nothing."""

    def __init__(self) -> None:
        """It needs no keys."""

    async def verify_header(self, header: str | None) -> Person:
        raise AuthenticationFailed(f"The token is not good: {header is not None}")


SUBSCRIPTIONS: Final[Mapping[Party, Sequence[AnySubscription]]] = {
    "mapping": mapping.subscriptions(mapping.RequestHandlers(NobodysTokens())),
    "validation": validation.SUBSCRIPTIONS,
    "executor": executor.SUBSCRIPTIONS,
    "notifier": notifier.subscriptions(notifier.Handlers("import.example.com")),
}
