-- What partners earned is what they delivered; what left their budgets for points is what is on
-- its way for points and what was paid for them.
WITH rows AS (
    SELECT p.merchant_id, u.gives_coins, u.coins, u.state
    FROM public.wallet_purchase u
    JOIN public.wallet_product g ON g.id = u.product_id
    JOIN public.wallet_partner p ON p.party_id = g.partner_id),
expected AS (
    SELECT 'merchant/' || merchant_id || '/payable' AS address, sum(coins) AS coins
    FROM rows WHERE NOT gives_coins AND state = 'delivered' GROUP BY 1
    UNION ALL
    SELECT 'merchant/' || merchant_id || '/budget', -sum(coins)
    FROM rows WHERE gives_coins AND state <> 'refunded' GROUP BY 1),
booked AS (
    SELECT a.address, sum(e.amount) AS coins
    FROM public.ledger_account a
    JOIN public.ledger_entry e ON e.account_id = a.id
    JOIN public.ledger_transaction t ON t.id = e.transaction_id
    WHERE a.address LIKE 'merchant/%'
      AND t.kind IN ('purchase_delivered', 'points_in', 'points_in_returned')
    GROUP BY 1),
compared AS (
    SELECT address, coalesce(x.coins, 0) AS expected, coalesce(b.coins, 0) AS booked
    FROM expected x FULL JOIN booked b USING (address))
SELECT count(*), count(*) FILTER (WHERE expected <> booked),
       min(format('%s: %s coins expected, %s booked', address, expected, booked))
           FILTER (WHERE expected <> booked)
FROM compared
