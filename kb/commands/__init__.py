"""The words behind the door, a file a group: kb/cli.py puts them together."""
