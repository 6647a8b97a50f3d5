"""Who somebody is: real names are checked by a verifier, and raise the tier."""
