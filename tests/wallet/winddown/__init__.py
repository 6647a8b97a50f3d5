"""Tests of the end of the service."""
