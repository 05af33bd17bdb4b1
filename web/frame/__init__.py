"""What every page stands in: addresses, parameters, languages, pictures, and the way to HTML and JSON."""
