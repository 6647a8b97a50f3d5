"""Who delivers data: adaptors, deliveries, usage files."""
