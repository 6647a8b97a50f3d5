"""The wallet's commands."""
