"""The pages that readers see, each a class that feeds its HTML and its JSON."""
