"""The pages of the home that other apps bring parts to; `config` registers them."""

from datetime import datetime

from ledger.sections import Sections
from wallet.holders.models import Holder, User

# The home page itself, and the own page of whoever acts for organisations.
OF_HOME: Sections[[Holder, datetime]] = Sections()
OF_MEMBER: Sections[[User]] = Sections()
