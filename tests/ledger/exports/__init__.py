"""Exports of a month, judged by the programs they are for."""
