"""The API of vacancies."""
