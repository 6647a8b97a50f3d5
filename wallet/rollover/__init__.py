"""Own data kept: deposit, take back, roll into vouchers."""
