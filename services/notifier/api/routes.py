"""Where the routes stand."""

from typing import Final

from fastapi import FastAPI

from services.notifier.api import (
    audit,
    customer_emails,
    customers,
    imports,
    live_events,
    log,
    notifications,
    operations,
    webhooks,
)

PREFIX: Final = "/api/v1"


def add_routes(app: FastAPI) -> None:
    """Put the API of the notifier on the app; `app.state.context` is set by whoever starts it."""
    for module in (imports, customers, live_events, log, operations, audit, notifications, webhooks, customer_emails):
        app.include_router(module.router, prefix=PREFIX)
