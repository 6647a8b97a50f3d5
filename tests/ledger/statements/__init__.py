"""Tests of balances in time and statements."""
