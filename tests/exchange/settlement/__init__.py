"""Tests of the exchange: settlement."""
