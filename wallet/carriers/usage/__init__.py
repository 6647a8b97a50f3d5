"""Usage files: what a carrier attests of its numbers' packages, read line by line."""
