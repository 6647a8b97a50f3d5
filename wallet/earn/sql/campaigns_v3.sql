-- What the end of the service takes back to the issuers stands in a list and a proof of its own.
-- What two persons adjusted or reversed stands beside the rows it corrects; a proof of its own holds it.
-- Each campaign's budget: what it was given, less what was started, with what lapsed.
WITH expected AS (
    SELECT 'campaign/' || campaign_id || '/budget' AS address, sum(coins) AS coins
    FROM (
        SELECT f.campaign_id, f.coins FROM wallet_campaignfunding f
        UNION ALL
        SELECT t.campaign_id, -e.coins
        FROM wallet_earning e JOIN wallet_task t ON t.id = e.task_id
        UNION ALL
        SELECT t.campaign_id, s.coins
        FROM wallet_earningstage s
        JOIN wallet_earning e ON e.id = s.earning_id
        JOIN wallet_task t ON t.id = e.task_id
        WHERE s.state = 'lapsed'
    ) AS moved
    GROUP BY campaign_id
), adjusted AS (
    SELECT a.address, sum(e.amount) AS coins
    FROM ledger_account a
    JOIN ledger_entry e ON e.account_id = a.id
    JOIN ledger_transaction t ON t.id = e.transaction_id AND t.kind IN ('adjustment', 'reversal', 'wind_down_refund')
    WHERE a.address LIKE 'campaign/%'
    GROUP BY a.address
), held AS (
    SELECT a.address, sum(b.balance) AS coins
    FROM ledger_account a JOIN ledger_balance b ON b.account_id = a.id
    WHERE a.address LIKE 'campaign/%'
    GROUP BY a.address
), compared AS (
    SELECT address, coalesce(x.coins, 0) + coalesce(j.coins, 0) AS expected, coalesce(h.coins, 0) AS held
    FROM expected x FULL JOIN held h USING (address) LEFT JOIN adjusted j USING (address)
)
SELECT count(*), count(*) FILTER (WHERE expected <> held),
       min(format('%s: %s coins expected, %s held', address, expected, held))
           FILTER (WHERE expected <> held)
FROM compared
