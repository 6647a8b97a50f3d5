-- Purchases that the partner %(carrier)s proved and we settled from %(since)s to %(until)s, beside
-- what the ledger booked for them in that time; either side may lack the other. Booked is as many
-- of the product as were bought where the coins are what they cost, else the coins themselves.
SELECT coalesce(o.instruction_id, b.instruction_id) AS instruction_id, b.transaction_id, b.mb
FROM (SELECT p.id, p.instruction_id
      FROM public.wallet_purchase p JOIN public.wallet_instruction i ON i.id = p.instruction_id
      WHERE i.carrier_id = %(carrier)s AND i.state = 'delivered'
        AND i.settled_at >= %(since)s AND i.settled_at < %(until)s) o
FULL JOIN (
    SELECT p.id, p.instruction_id, t.id AS transaction_id,
           CASE -e.amount WHEN p.coins THEN p.count ELSE -e.amount END AS mb
    FROM public.ledger_transaction t
    JOIN public.wallet_purchase p ON p.id = (t.metadata ->> 'purchase')::uuid
    JOIN public.wallet_instruction i ON i.id = p.instruction_id
    JOIN public.ledger_entry e
      ON e.transaction_id = t.id AND e.month = t.month AND e.amount < 0
    WHERE t.kind IN ('purchase_delivered', 'points_in_paid')
      AND t.at >= %(since)s AND t.at < %(until)s
      AND t.month BETWEEN %(month)s AND %(month_after)s
      AND i.carrier_id = %(carrier)s) b USING (id)
