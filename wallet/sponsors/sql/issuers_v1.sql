-- Each issuer's coins: what it owes is what was ordered from it and paid.
WITH ordered AS (
    SELECT 'issuer/' || o.issuer_id AS address, sum(o.coins) AS coins
    FROM wallet_purchaseorder o GROUP BY o.issuer_id
), booked AS (
    SELECT a.address, sum(e.amount) AS coins
    FROM ledger_account a JOIN ledger_entry e ON e.account_id = a.id
    WHERE a.address LIKE 'issuer/%' AND a.address NOT LIKE '%/revenue' AND a.asset = 'COIN'
    GROUP BY a.address
), compared AS (
    SELECT address, coalesce(o.coins, 0) AS ordered, coalesce(b.coins, 0) AS booked
    FROM ordered o FULL JOIN booked b USING (address)
)
SELECT count(*), count(*) FILTER (WHERE ordered <> -booked),
       min(format('%s: %s coins ordered, %s booked', address, ordered, booked))
           FILTER (WHERE ordered <> -booked)
FROM compared
