"""Rows that are stored without objects."""

import pytest

from apps.accounts.models import Enrolment
from portal.kernel.staging import Source, insert_from


def test_a_field_without_value_and_default_is_named_before_anything_is_stored():
    # The test has no database: a statement would end it.
    with pytest.raises(ValueError, match=r"^accounts\.Enrolment\.created_at has no default$"):
        insert_from(Enrolment, {"student_id": "1"}, {"cohort_id": 1}, Source("nowhere", []))
