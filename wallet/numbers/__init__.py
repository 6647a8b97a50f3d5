"""The life of phone numbers: proved, ported, released, recycled."""
