"""Tests of the exchange: market."""
