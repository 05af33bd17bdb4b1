"""Pages and a JSON API over kb: params -> kb -> page -> HTML or JSON."""
