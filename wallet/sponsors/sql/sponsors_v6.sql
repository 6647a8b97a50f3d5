-- What the end of the service takes back to the issuers stands in a list and a proof of its own.
-- What two persons adjusted or reversed stands beside the rows it corrects; a proof of its own holds it.
-- Each sponsor: the coins left are those ordered less those given to campaigns, to merchants and in red
-- packets, with what packets returned; the fen owed are the orders' prices; a month's invoice settles them, and has a proof of its own.
WITH expected AS (
    SELECT address, asset, sum(amount) AS amount
    FROM (
        SELECT 'sponsor/' || o.sponsor_id || '/budget' AS address, 'COIN' AS asset,
               o.coins AS amount
        FROM wallet_purchaseorder o
        UNION ALL
        SELECT 'sponsor/' || c.sponsor_id || '/budget', 'COIN', -f.coins
        FROM wallet_campaignfunding f JOIN wallet_campaign c ON c.id = f.campaign_id
        UNION ALL
        SELECT 'sponsor/' || p.sender_id || '/budget', 'COIN', p.coins_returned - p.coins
        FROM wallet_packet p WHERE p.is_sponsored
        UNION ALL
        SELECT 'sponsor/' || f.sponsor_id || '/budget', 'COIN', -f.coins
        FROM wallet_merchantfunding f
        UNION ALL
        SELECT 'sponsor/' || o.sponsor_id || '/receivable', 'CNY', -o.price_fen
        FROM wallet_purchaseorder o
    ) AS moved
    GROUP BY address, asset
), booked AS (
    SELECT a.address, a.asset, sum(e.amount) AS amount
    FROM ledger_account a
    JOIN ledger_entry e ON e.account_id = a.id
    JOIN ledger_transaction t ON t.id = e.transaction_id
        AND t.kind NOT IN ('adjustment', 'reversal', 'wind_down_refund', 'sponsor_invoice')
    WHERE a.address LIKE 'sponsor/%'
    GROUP BY a.address, a.asset
), compared AS (
    SELECT address, asset, coalesce(x.amount, 0) AS expected, coalesce(b.amount, 0) AS booked
    FROM expected x FULL JOIN booked b USING (address, asset)
)
SELECT count(*), count(*) FILTER (WHERE expected <> booked),
       min(format('%s %s: %s expected, %s booked', address, asset, expected, booked))
           FILTER (WHERE expected <> booked)
FROM compared
