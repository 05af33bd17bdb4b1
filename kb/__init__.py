"""The knowledge base: records -> store -> passages -> encoder -> index -> search."""
