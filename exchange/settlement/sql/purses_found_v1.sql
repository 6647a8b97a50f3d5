-- A month's purses, in the order of their holders: found without asking every holder for one.
CREATE INDEX ledger_account_purse ON public.ledger_account
    (kind, right(address, 7), substring(address FROM 8 FOR 36) COLLATE "C")
    WHERE kind IN ('holder proceeds', 'holder fees') AND asset = 'COIN';
