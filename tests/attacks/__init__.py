"""What a careless hand, a broken disk or somebody who means harm may do, and what comes of it."""
