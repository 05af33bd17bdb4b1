"""Pages and a JSON API over kb: params -> kb -> context -> render."""
