"""The pages of mapping: start, sign-in and the import wizard."""

from pathlib import Path
from typing import Final

from fastapi import FastAPI

from services.mapping.pages import (
    account_number,
    approving,
    canaries,
    checking,
    choosing,
    codes,
    columns,
    differences,
    drafts,
    examples,
    fixing,
    guide,
    my_access,
    plan,
    recipes,
    resuming,
    review,
    start,
    undoing,
)
from services.mapping.pages import (
    settings as settings_page,
)
from services.mapping.pages.words import WORDS
from services.mapping.usecases.counting import Counting
from shared.web import WebSettings, attach, create_pages
from shared.web.sign_in import router as sign_in

_TEMPLATES: Final = Path(__file__).with_name("templates")


def add_pages(app: FastAPI, settings: WebSettings | None = None) -> None:
    """Put the pages on the service, behind all its other routes; without a session key there are none."""
    settings = settings or WebSettings.from_environment()
    if settings.session_key is None:
        return
    pages = create_pages(app, settings, _TEMPLATES, WORDS)
    pages.state.counting = Counting()
    steps = (start, drafts, choosing, columns, settings_page, recipes, account_number, checking, plan, review)
    others = (
        approving,
        codes,
        examples,
        guide,
        my_access,
        canaries,
        differences,
        fixing,
        resuming,
        undoing,
    )
    for module in (*steps, *others):
        pages.include_router(module.router)
    pages.include_router(sign_in)
    attach(app, pages)
