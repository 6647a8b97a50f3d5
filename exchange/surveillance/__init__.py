"""Surveillance: what the log shows of washed trades, layers and ramps, for operators to look at."""
