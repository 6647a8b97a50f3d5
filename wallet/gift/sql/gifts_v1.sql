-- Each open gift holds its amount; an ended one holds nothing. Data the close has expired is gone
-- from a gift before the gift is noted as expired.
WITH promised AS (
    SELECT 'gift/' || g.id AS address, g.asset,
           CASE WHEN g.state = 'open' THEN g.amount ELSE 0 END AS amount
    FROM wallet_gift g
), held AS (
    SELECT a.id, a.address, a.asset, b.balance AS amount
    FROM ledger_account a JOIN ledger_balance b ON b.account_id = a.id
    WHERE a.address LIKE 'gift/%'
), compared AS (
    SELECT h.id, address, asset, coalesce(p.amount, 0) AS promised, coalesce(h.amount, 0) AS held
    FROM promised p FULL JOIN held h USING (address, asset)
), judged AS (
    SELECT c.*, CASE
        WHEN c.promised = c.held THEN false
        WHEN c.held = 0 THEN NOT EXISTS (
            SELECT FROM ledger_entry e JOIN ledger_transaction t ON t.id = e.transaction_id
            WHERE e.account_id = c.id AND t.kind IN ('expire', 'late_expire'))
        ELSE true
    END AS broken
    FROM compared c
)
SELECT count(*), count(*) FILTER (WHERE broken),
       min(format('%s: %s %s promised, %s held', address, promised, asset, held))
           FILTER (WHERE broken)
FROM judged
