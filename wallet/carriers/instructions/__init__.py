"""What we ask of carriers: carried out once, decided by proof."""
