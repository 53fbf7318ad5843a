"""The pages of the logbook: the student's, the supervisors', and those behind a link."""
