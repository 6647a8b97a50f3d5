"""The end of the service: announced, begun, and carried out until nothing is outstanding."""
