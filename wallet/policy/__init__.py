"""The dated, audited policy table and its one reader."""
