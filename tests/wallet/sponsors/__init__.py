"""Tests of sponsors and their campaigns."""
