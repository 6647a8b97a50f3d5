-- Coins that closed wallets gave up and no issuer has taken back lie in system/left, and nothing
-- else does. Corrections stand beside the rows they correct.
WITH expected AS (
    SELECT (SELECT coalesce(sum(coins), 0) FROM public.wallet_closure)
         - (SELECT coalesce(sum(coins), 0) FROM public.wallet_givenup) AS coins
), booked AS (
    SELECT coalesce(sum(e.amount), 0) AS coins
    FROM public.ledger_account a
    JOIN public.ledger_entry e ON e.account_id = a.id
    JOIN public.ledger_transaction t ON t.id = e.transaction_id
        AND t.kind NOT IN ('correction', 'adjustment', 'reversal')
    WHERE a.address = 'system/left' AND a.asset = 'COIN'
)
SELECT 1, CASE WHEN x.coins = b.coins THEN 0 ELSE 1 END,
       CASE WHEN x.coins <> b.coins
            THEN format('%s coins given up and not taken back, %s booked', x.coins, b.coins) END
FROM expected x, booked b
