"""The pages of the notifier: imports in progress, completed ones, and everything about one."""

from pathlib import Path
from typing import Final

from fastapi import FastAPI

from services.notifier.pages import audit, billers, customer_emails, customers, lists, notifications, one, operations
from services.notifier.pages.words import WORDS
from shared.web import WebSettings, attach, create_pages

_TEMPLATES: Final = Path(__file__).with_name("templates")


def add_pages(app: FastAPI, settings: WebSettings | None = None) -> None:
    """Put the pages on the service, behind all its other routes; without a session key there are none."""
    settings = settings or WebSettings.from_environment()
    if settings.session_key is None:
        return
    pages = create_pages(app, settings, _TEMPLATES, WORDS)
    pages.state.is_wizard = False
    for module in (lists, billers, customers, one, operations, audit, notifications, customer_emails):
        pages.include_router(module.router)
    attach(app, pages)
