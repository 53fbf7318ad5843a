"""The API of the logbook."""
