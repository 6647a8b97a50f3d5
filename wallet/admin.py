"""The wallet's admin pages, collected from its folders."""

from wallet.policy import admin as policy

__all__ = ["policy"]
