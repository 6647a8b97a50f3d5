"""Tests of cases: what subscribers doubt, and what they are answered."""
