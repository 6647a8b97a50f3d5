"""Market data: depth, trades, snapshots."""
