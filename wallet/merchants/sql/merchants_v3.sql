-- What the end of the service takes back to the issuers stands in a list and a proof of its own.
-- Each merchant's budget holds what it was given less what its scanned codes paid; what it pays
-- for points is proved with the purchases.
WITH moved AS (
    SELECT 'merchant/' || merchant_id || '/budget' AS address, coins
    FROM public.wallet_merchantfunding
    UNION ALL
    SELECT 'merchant/' || merchant_id || '/budget', -coins
    FROM public.wallet_countercode WHERE claimer_id IS NOT NULL
), expected AS (
    SELECT address, sum(coins) AS coins FROM moved GROUP BY address
), booked AS (
    SELECT a.address, sum(e.amount) AS coins
    FROM public.ledger_account a JOIN public.ledger_entry e ON e.account_id = a.id
    JOIN public.ledger_transaction t ON t.id = e.transaction_id
        AND t.kind NOT IN (
            'correction', 'adjustment', 'reversal', 'points_in', 'points_in_returned',
            'wind_down_refund')
    WHERE a.address LIKE 'merchant/%/budget' AND a.asset = 'COIN'
    GROUP BY a.address
), compared AS (
    SELECT address, coalesce(x.coins, 0) AS expected, coalesce(b.coins, 0) AS booked
    FROM expected x FULL JOIN booked b USING (address)
)
SELECT count(*), count(*) FILTER (WHERE expected <> booked),
       min(format('%s: %s coins expected, %s booked', address, expected, booked))
           FILTER (WHERE expected <> booked)
FROM compared
