"""A partner that is a program: a real HTTP server with the carriers' faults."""
