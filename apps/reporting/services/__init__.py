"""What reporting writes and makes."""
