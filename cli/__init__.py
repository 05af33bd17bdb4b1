"""The door: `kb WORD ...`, a file a group of commands, and what they print."""
