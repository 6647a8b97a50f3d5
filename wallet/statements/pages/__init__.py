"""HTML, CSV and PDF of a subscriber's month."""

from wallet.statements.pages.mine import month, month_csv, month_pdf, months

__all__ = ["month", "month_csv", "month_pdf", "months"]
