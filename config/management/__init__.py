"""The commands of the whole system."""
