-- Released numbers on whose lines own data lies: something came back after they were released.
SELECT n.id
FROM public.wallet_number n
WHERE n.released_at IS NOT NULL AND EXISTS (
    SELECT FROM public.ledger_account a
    JOIN public.ledger_balance b ON b.account_id = a.id
    WHERE a.address ~>=~ ('line/' || n.id || '/') AND a.address ~<~ ('line/' || n.id || '0')
      AND b.balance > 0)
ORDER BY n.id
LIMIT %(limit)s
