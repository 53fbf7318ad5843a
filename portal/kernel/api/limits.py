"""How much may be asked: counted a person, and told with every answer."""

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import UserRateThrottle


class ToldThrottle(UserRateThrottle):
    """Counts requests and leaves at the request how many there may still be; the middleware tells it in headers."""

    # Set by the package from the settings.
    num_requests: int | None
    duration: int | None
    history: list[float]

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count one; False when it is one too many."""
        allowed = bool(super().allow_request(request, view))
        most = self.num_requests or 0
        left = max(0, most - len(getattr(self, "history", ())))
        # The oldest counted request is the first to be forgotten.
        oldest = self.history[-1] if getattr(self, "history", None) else self.timer()
        reset = max(1, round((self.duration or 1) - (self.timer() - oldest)))
        request._request.rate_limit = (most, left, reset)  # type: ignore[attr-defined] # noqa: SLF001 - read by the middleware
        return allowed
