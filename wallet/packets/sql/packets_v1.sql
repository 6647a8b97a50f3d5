-- Each packet holds its shares that are neither opened nor returned; its shares are what it was
-- made of; what it returned is what it says.
WITH shared AS (
    SELECT s.packet_id, sum(s.coins) AS coins, count(*) AS shares,
           coalesce(sum(s.coins) FILTER (
               WHERE s.claimer_id IS NULL AND s.returned_at IS NULL), 0) AS free,
           coalesce(sum(s.coins) FILTER (WHERE s.returned_at IS NOT NULL), 0) AS returned
    FROM wallet_packetshare s GROUP BY s.packet_id
), held AS (
    SELECT a.address, sum(b.balance) AS coins
    FROM ledger_account a JOIN ledger_balance b ON b.account_id = a.id
    WHERE a.address LIKE 'packet/%'
    GROUP BY a.address
), made AS (
    SELECT 'packet/' || p.id AS address, p.state, p.coins, p.share_count, p.coins_returned,
           coalesce(s.coins, 0) AS drawn, coalesce(s.shares, 0) AS shares,
           coalesce(s.free, 0) AS free, coalesce(s.returned, 0) AS returned
    FROM wallet_packet p LEFT JOIN shared s ON s.packet_id = p.id
), judged AS (
    SELECT address, coalesce(m.free, 0) AS free, coalesce(h.coins, 0) AS held,
           m.state IS NULL
           OR m.free <> coalesce(h.coins, 0)
           OR m.drawn <> m.coins OR m.shares <> m.share_count
           OR m.returned <> m.coins_returned
           OR (m.state <> 'open' AND m.free <> 0) AS broken
    FROM made m FULL JOIN held h USING (address)
)
SELECT count(*), count(*) FILTER (WHERE broken),
       min(format('%s: %s coins free, %s held', address, free, held)) FILTER (WHERE broken)
FROM judged
