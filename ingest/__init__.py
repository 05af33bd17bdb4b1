"""A handbook into records: source -> sandbox(pdf -> layout -> sections -> extract) -> pipeline."""
