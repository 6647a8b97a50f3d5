-- Each share that was opened was paid once, in full, to whoever opened it; nobody else was paid.
WITH opened AS (
    SELECT 'packet/' || s.packet_id AS packet, 'holder/' || s.claimer_id || '/main' AS claimer,
           s.coins
    FROM wallet_packetshare s WHERE s.claimer_id IS NOT NULL
), paid AS (
    SELECT g.address AS packet, t.address AS claimer, e.amount AS coins
    FROM ledger_transaction x
    JOIN ledger_entry e ON e.transaction_id = x.id AND e.amount > 0
    JOIN ledger_account t ON t.id = e.account_id
    JOIN ledger_entry f ON f.transaction_id = x.id AND f.amount < 0
    JOIN ledger_account g ON g.id = f.account_id
    WHERE x.kind = 'packet_claim'
), compared AS (
    SELECT packet, claimer, o.coins AS opened, p.coins AS paid
    FROM opened o FULL JOIN paid p USING (packet, claimer)
)
SELECT count(*), count(*) FILTER (WHERE opened IS DISTINCT FROM paid),
       min(format('%s %s: %s coins opened, %s paid', packet, claimer, opened, paid))
           FILTER (WHERE opened IS DISTINCT FROM paid)
FROM compared
