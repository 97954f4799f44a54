"""How requests with several problems are answered; single ones are told by `shared/http.py`."""

from typing import Final

from fastapi import Request, Response

from services.mapping.api.bodies import RefusalBody
from services.mapping.errors import InvalidRequest
from services.mapping.usecases.accepting import IDEMPOTENCY_CONFLICT
from services.mapping.views import ProblemItem
from shared.openapi import PROBLEM_JSON, problem_type

_STATUS_OF_CODE: Final = {"F011": 403, IDEMPOTENCY_CONFLICT: 409}


async def on_invalid_request(_request: Request, refused: InvalidRequest) -> Response:
    """Tell every problem at once; the first one stands at the top as in any other problem answer."""
    first = refused.problems[0]
    status = _STATUS_OF_CODE.get(first.code, 422)
    body = RefusalBody(
        type=problem_type(first.code),
        title=first.message,
        status=status,
        code=first.code,
        place=first.place,
        remedy=first.remedy,
        problems=[ProblemItem(**problem.model_dump()) for problem in refused.problems],
    )
    return Response(body.model_dump_json(), status, media_type=PROBLEM_JSON)
