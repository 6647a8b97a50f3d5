"""Checkpoints: what busy accounts' entries sum to, cut at a commit horizon."""
