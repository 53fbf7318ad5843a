"""Pages of reporting: documents to take along, general reports."""
