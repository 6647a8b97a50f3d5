"""Tests of tasks and earnings."""
