"""Tests of the exchange: orders."""
