-- Persons' coins, data and vouchers that the end of the service has not sent to a number of their
-- own yet. Who waits for a carrier's answer is left until it has come: it may be a refund.
SELECT h.id, a.asset
FROM public.ledger_account a
JOIN public.ledger_balance b ON b.account_id = a.id AND b.balance > 0
JOIN public.wallet_holder h ON h.id = split_part(a.address, '/', 2)::uuid AND h.kind = 'person'
WHERE a.kind = 'holder main' AND (a.expires_month IS NULL OR a.expires_month >= %(month)s)
  AND NOT EXISTS (SELECT FROM public.wallet_lastdelivery l
                  WHERE l.holder_id = h.id AND l.asset = a.asset)
  AND NOT EXISTS (SELECT FROM public.wallet_conversion c
                  WHERE c.holder_id = h.id AND c.state = 'on_its_way' AND a.asset = 'COIN')
  AND NOT EXISTS (SELECT FROM public.wallet_datadelivery d
                  WHERE d.holder_id = h.id AND d.state = 'on_its_way' AND d.asset = a.asset)
ORDER BY h.id, a.asset
LIMIT %(limit)s
