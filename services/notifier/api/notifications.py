"""Of what people are told by email."""

from uuid import UUID

from fastapi import APIRouter

from services.notifier.api.dependencies import Services
from services.notifier.notification_views import NotificationChoices, Notifications
from services.notifier.usecases import notifications
from shared.bearer import SignedIn
from shared.openapi import ProblemBody

router = APIRouter(tags=["notifications"], responses={401: {"model": ProblemBody}})

_MISSING: dict[int | str, dict[str, object]] = {404: {"model": ProblemBody}}


@router.get("/notifications")
async def show_notifications(services: Services, person: SignedIn) -> Notifications:
    """Of what you are told by email: events of your imports and of those you watch."""
    return await notifications.show(services, person)


@router.put("/notifications")
async def change_notifications(services: Services, person: SignedIn, wanted: NotificationChoices) -> Notifications:
    """Choose the events, and the billers whose imports you watch. What is left out stays as it is."""
    return await notifications.change(services, person, wanted)


@router.put("/imports/{import_id}/watch", status_code=204, responses=_MISSING)
async def watch_import(services: Services, person: SignedIn, import_id: UUID) -> None:
    """Be told of an import, its rounds and undos, as of your own."""
    await notifications.watch(services, person, import_id, on=True)


@router.delete("/imports/{import_id}/watch", status_code=204, responses=_MISSING)
async def unwatch_import(services: Services, person: SignedIn, import_id: UUID) -> None:
    """Be told of an import no more, unless you requested it or watch its biller."""
    await notifications.watch(services, person, import_id, on=False)
