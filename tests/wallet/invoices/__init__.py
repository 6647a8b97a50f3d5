"""Tests of sponsors' and merchants' invoices."""
