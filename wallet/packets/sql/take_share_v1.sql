-- Take the lowest free share of a packet that no opening under way holds. The statement's snapshot
-- is older than its lock: whoever passed this share meanwhile is not among those it saw booked.
UPDATE wallet_packetshare AS taken
SET claimer_id = %(claimer)s, claimed_at = %(now)s, began_after = seen.version - 1
FROM ledger_balance AS seen
WHERE seen.account_id = %(account)s
  AND taken.id = (
      SELECT free.id FROM wallet_packetshare AS free
      WHERE free.packet_id = %(packet)s AND free.claimer_id IS NULL AND free.returned_at IS NULL
      ORDER BY free.position
      LIMIT 1
      FOR NO KEY UPDATE SKIP LOCKED
  )
RETURNING taken.id
