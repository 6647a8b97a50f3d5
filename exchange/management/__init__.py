"""The market's commands for operators."""
