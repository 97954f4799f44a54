"""The base of everything on the wire."""

from pydantic import BaseModel, ConfigDict


class Contract(BaseModel):
    """A value that crosses a process border: immutable, compared by value."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)
