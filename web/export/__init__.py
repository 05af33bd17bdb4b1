"""Records as files to take away: tables, references, JSON, feeds."""
