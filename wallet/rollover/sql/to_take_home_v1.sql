-- This month's own data that lies on lines, of carriers that can be reached, and that the end of
-- the service has not asked back yet; a number with an open deduct waits for its outcome.
SELECT n.id, split_part(a.address, '/', 3), a.asset
FROM public.ledger_account a
JOIN public.ledger_balance b ON b.account_id = a.id AND b.balance > 0
JOIN public.wallet_number n ON n.id = split_part(a.address, '/', 2)::uuid AND n.holder_id IS NOT NULL
JOIN public.wallet_carrier c ON c.code = split_part(a.asset, '-', 2) AND c.base_url <> ''
WHERE a.kind = 'line' AND a.expires_month = %(month)s
  AND NOT EXISTS (SELECT FROM public.wallet_deposit d
                  WHERE d.number_id = n.id AND d.state = 'asked')
  AND NOT EXISTS (
      SELECT FROM public.wallet_takeback t JOIN public.wallet_instruction i ON i.id = t.instruction_id
      WHERE t.number_id = n.id AND t.package = split_part(a.address, '/', 3)
        AND t.month = a.expires_month AND i.carrier_id = c.code
        AND t.asked_at >= (SELECT w.begun_at FROM public.wallet_winddown w
                           WHERE w.called_off_at IS NULL))
ORDER BY a.address, a.asset
LIMIT %(limit)s
