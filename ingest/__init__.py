"""A handbook into records: source -> safe(page -> tree -> parts) -> pipeline."""
