"""Tests of the market's part of the end of the service."""
