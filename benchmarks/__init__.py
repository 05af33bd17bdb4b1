"""The README's figures: speed by `python -m benchmarks`, quality by `python -m benchmarks.quality`."""
