-- Each earning holds the coins of its stages that have neither vested nor lapsed.
WITH waiting AS (
    SELECT 'earning/' || s.earning_id AS address,
           sum(s.coins) FILTER (WHERE s.state IN ('waiting', 'proved')) AS coins
    FROM wallet_earningstage s GROUP BY s.earning_id
), held AS (
    SELECT a.address, sum(b.balance) AS coins
    FROM ledger_account a JOIN ledger_balance b ON b.account_id = a.id
    WHERE a.address LIKE 'earning/%'
    GROUP BY a.address
), compared AS (
    SELECT address, coalesce(w.coins, 0) AS waiting, coalesce(h.coins, 0) AS held
    FROM waiting w FULL JOIN held h USING (address)
)
SELECT count(*), count(*) FILTER (WHERE waiting <> held),
       min(format('%s: %s coins wait, %s held', address, waiting, held))
           FILTER (WHERE waiting <> held)
FROM compared
