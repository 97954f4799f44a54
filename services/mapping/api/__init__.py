"""The HTTP interface of the mapping service."""

import re
from typing import Final

from fastapi import FastAPI

from services.mapping.api import (
    billers,
    corrections,
    decisions,
    differences,
    files,
    imports,
    plan,
    recipes,
    recipients,
    rounds,
    uploads,
)
from services.mapping.api.problems import on_invalid_request
from services.mapping.api.tus import Tus
from services.mapping.errors import InvalidRequest
from shared.http import stream_bodies

PREFIX = "/api/v1"
_UPLOAD: Final = re.compile(r"/api/v1/billers/[^/]+/(files|uploads/[^/]+)/?")


def add_routes(app: FastAPI) -> None:
    """Put every route of mapping on the app; `app.state.context` is set by whoever starts it."""
    for router in (
        billers.router,
        files.router,
        uploads.router,
        recipes.router,
        recipients.router,
        imports.router,
        plan.router,
        differences.router,
        decisions.router,
        corrections.router,
        rounds.router,
    ):
        app.include_router(router, prefix=PREFIX)
    app.exception_handler(InvalidRequest)(on_invalid_request)
    stream_bodies(app, _UPLOAD)
    app.add_middleware(Tus)
