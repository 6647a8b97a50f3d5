"""The names and numbers a holder keeps (通讯录): its own, and nobody else's to read."""
