-- The closing balances of a shard of accounts: the month before's, and this month's entries.
-- Parameters: month, month before, first account id, last account id.
INSERT INTO public.ledger_closingbalance (month, account_id, balance)
SELECT %(month)s, account_id, sum(amount)
FROM (
    SELECT account_id, balance AS amount FROM public.ledger_closingbalance
    WHERE month = %(before)s AND account_id BETWEEN %(first)s AND %(last)s
    UNION ALL
    SELECT account_id, amount FROM public.ledger_entry
    WHERE month = %(month)s AND account_id BETWEEN %(first)s AND %(last)s) AS moved
GROUP BY account_id HAVING sum(amount) <> 0
