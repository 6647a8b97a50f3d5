"""A carrier that is a program: a real HTTP server speaking TMF654, with a carrier's faults."""
