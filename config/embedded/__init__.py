"""PostgreSQL and Valkey for a machine that has neither, run from the locked packages."""
