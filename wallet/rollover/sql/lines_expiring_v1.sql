-- Deposited data that a closing month did not roll, on the lines it rolled: it expires. A line whose
-- package is not part of the close waits for its late roll.
SELECT a.address, a.asset, sum(e.amount)::bigint
FROM public.wallet_usage u
JOIN public.wallet_number n ON n.msisdn = u.msisdn
JOIN public.ledger_account a ON a.id = public.ledger_account_id_v1(
    'line/' || n.id || '/' || u.package,
    'SURPLUS-' || u.carrier_id || '-' || to_char(u.month, 'YYYY-MM'))
JOIN public.ledger_entry e ON e.account_id = a.id AND e.month <= u.month
WHERE u.month = %(month)s AND u.in_close AND n.id BETWEEN %(first)s AND %(last)s
GROUP BY a.address, a.asset
HAVING sum(e.amount) > 0
ORDER BY a.address, a.asset
