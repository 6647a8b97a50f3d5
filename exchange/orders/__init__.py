"""Books, the sequenced log of events, orders."""
