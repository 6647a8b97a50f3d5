"""What the end of a wallet says in its history."""

from django.utils.translation import gettext_lazy as _

KINDS = {"wallet_close": (_("注销时结清"), _("注销时放弃"))}
