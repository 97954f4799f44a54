"""What the routes are given."""

from typing import Annotated, cast

from fastapi import Depends, Request

from services.mapping.context import Context


def _context_of(request: Request) -> Context:
    return cast("Context", request.app.state.context)


Services = Annotated[Context, Depends(_context_of)]
"""What the composition root has put on the app."""
