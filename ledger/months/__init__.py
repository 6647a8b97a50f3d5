"""The month's close: stages, shards, progress, restart."""
