"""What was put right after a month's close: by which late file, in which month it is posted."""
