"""The Python client of the SMS gateway."""
