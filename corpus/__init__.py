"""The sample handbook, the vocabularies and the judged needs, read as package data."""
