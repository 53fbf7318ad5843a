"""Uses of AI help."""

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.ai.models import AiCall
from apps.ai.states import Outcome, Purpose
from tests.factories.accounts import UserFactory


class AiCallFactory(DjangoModelFactory[AiCall]):
    """Answered by rules, not decided."""

    class Meta:
        model = AiCall

    user = factory.SubFactory(UserFactory)
    purpose = Purpose.GRAMMAR
    backend = "local"
    outcome = Outcome.ANSWERED
    before = factory.LazyFunction(lambda: {"text": "i turned a shaft"})
    after = factory.LazyFunction(lambda: {"text": "I turned a shaft."})
    finished_at = factory.LazyFunction(timezone.now)
