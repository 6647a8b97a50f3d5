"""Fen of a statement in yuan, which may be owed either way."""

from django import template

from wallet.clearing.rules import in_yuan

register = template.Library()
register.filter("in_yuan", in_yuan)
