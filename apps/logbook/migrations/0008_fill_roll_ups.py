"""Count the days that are there already, so that the first nightly check finds nothing wrong."""

from django.db import migrations

STATES = ("submitted", "revision_requested", "verified_industry", "flagged", "verified_academic")
SUMS = ", ".join(f"COUNT(*) FILTER (WHERE state = '{state}')" for state in STATES)

WEEKS = """
    INSERT INTO logbook_weekcount (created_at, updated_at, cohort_id, week_start, state, number)
    SELECT CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, cohort_id, week_start, state, COUNT(*)
    FROM logbook_dailylog JOIN accounts_enrolment ON accounts_enrolment.id = enrolment_id
    WHERE is_current AND state <> 'draft' GROUP BY cohort_id, week_start, state"""
PLACEMENTS = f"""
    INSERT INTO logbook_placementcount
        (created_at, updated_at, placement_id, {", ".join(STATES)}, waiting_since, last_day)
    SELECT CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, placement_id, {SUMS},
        MIN(submitted_at) FILTER (WHERE state = 'submitted'), MAX(day)
    FROM logbook_dailylog WHERE is_current AND state <> 'draft' AND placement_id IS NOT NULL GROUP BY placement_id"""  # noqa: S608 - no stranger's word
EMPTY = "DELETE FROM logbook_weekcount", "DELETE FROM logbook_placementcount"


class Migration(migrations.Migration):
    dependencies = [("logbook", "0007_roll_ups")]

    operations = [migrations.RunSQL([WEEKS, PLACEMENTS], list(EMPTY))]
