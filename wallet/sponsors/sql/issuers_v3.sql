-- What two persons adjusted or reversed stands beside the rows it corrects; a proof of its own holds it.
-- Each issuer's coins: what it owes is what was ordered from it and paid, and what it gave for data
-- that subscribers saved.
WITH owed AS (
    SELECT 'issuer/' || issuer_id AS address, coins FROM public.wallet_purchaseorder
    UNION ALL
    SELECT 'issuer/' || carrier_id, coins FROM public.wallet_saving
), issued AS (
    SELECT address, sum(coins) AS coins FROM owed GROUP BY address
), booked AS (
    SELECT a.address, sum(e.amount) AS coins
    FROM public.ledger_account a
    JOIN public.ledger_entry e ON e.account_id = a.id
    JOIN public.ledger_transaction t ON t.id = e.transaction_id
        AND t.kind NOT IN ('adjustment', 'reversal')
    WHERE a.address LIKE 'issuer/%' AND a.address NOT LIKE '%/revenue' AND a.asset = 'COIN'
    GROUP BY a.address
), compared AS (
    SELECT address, coalesce(i.coins, 0) AS issued, coalesce(b.coins, 0) AS booked
    FROM issued i FULL JOIN booked b USING (address)
)
SELECT count(*), count(*) FILTER (WHERE issued <> -booked),
       min(format('%s: %s coins ordered or saved, %s booked', address, issued, booked))
           FILTER (WHERE issued <> -booked)
FROM compared
