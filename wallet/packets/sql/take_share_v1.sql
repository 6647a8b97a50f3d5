-- Take the lowest free share of a packet that no opening under way holds, for whoever has opened
-- none of its shares and has room for the largest. The statement's snapshot is older than its
-- lock: whoever passed this share meanwhile is not among those it saw booked.
UPDATE wallet_packetshare AS taken
SET claimer_id = %(claimer)s, claimed_at = %(now)s, began_after = seen.version - 1
FROM ledger_balance AS seen
WHERE seen.account_id = %(packet_account)s
  AND NOT EXISTS (
      SELECT FROM wallet_packetshare AS mine
      WHERE mine.packet_id = %(packet)s AND mine.claimer_id = %(claimer)s
  )
  AND coalesce(
      (SELECT wallet.balance FROM ledger_balance AS wallet
       WHERE wallet.account_id = %(wallet_account)s), 0
  ) <= %(coins_before_max)s
  AND taken.id = (
      SELECT free.id FROM wallet_packetshare AS free
      WHERE free.packet_id = %(packet)s AND free.claimer_id IS NULL AND free.returned_at IS NULL
      ORDER BY free.position
      LIMIT 1
      FOR NO KEY UPDATE SKIP LOCKED
  )
RETURNING taken.*
