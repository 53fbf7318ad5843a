"""What a rule says no with."""

from collections.abc import Callable

import pytest

from portal.kernel.errors import RuleViolation


def refusal(service: Callable[..., object], *args: object, **kwargs: object) -> str:
    """Return the code with which a service refuses; that it does not is a failure."""
    with pytest.raises(RuleViolation) as refused:
        service(*args, **kwargs)
    return refused.value.code
