-- Conversions and deliveries that %(carrier)s proved and we settled from %(since)s to %(until)s,
-- beside what the ledger booked for them in that time; either side may lack the other.
SELECT coalesce(o.instruction_id, b.instruction_id) AS instruction_id, b.transaction_id, b.mb
FROM (SELECT c.id, c.instruction_id
      FROM public.wallet_conversion c JOIN public.wallet_instruction i ON i.id = c.instruction_id
      WHERE i.carrier_id = %(carrier)s AND i.state = 'delivered'
        AND i.settled_at >= %(since)s AND i.settled_at < %(until)s) o
FULL JOIN (
    SELECT (t.metadata ->> 'conversion')::uuid AS id, c.instruction_id, t.id AS transaction_id,
           e.amount AS mb
    FROM public.ledger_transaction t
    JOIN public.ledger_entry e ON e.transaction_id = t.id AND e.month = t.month
    JOIN public.ledger_account a ON a.id = e.account_id
    LEFT JOIN public.wallet_conversion c ON c.id = (t.metadata ->> 'conversion')::uuid
    WHERE t.kind = 'convert_delivered' AND t.at >= %(since)s AND t.at < %(until)s
      AND t.month BETWEEN %(month)s AND %(month_after)s
      AND a.address = 'carrier/' || %(carrier)s || '/payable') b USING (id)
UNION ALL
SELECT coalesce(o.instruction_id, b.instruction_id), b.transaction_id, b.mb
FROM (SELECT c.id, c.instruction_id
      FROM public.wallet_datadelivery c JOIN public.wallet_instruction i ON i.id = c.instruction_id
      WHERE i.carrier_id = %(carrier)s AND i.state = 'delivered'
        AND i.settled_at >= %(since)s AND i.settled_at < %(until)s) o
FULL JOIN (
    SELECT (t.metadata ->> 'delivery')::uuid AS id, c.instruction_id, t.id AS transaction_id,
           e.amount AS mb
    FROM public.ledger_transaction t
    JOIN public.ledger_entry e ON e.transaction_id = t.id AND e.month = t.month
    JOIN public.ledger_account a ON a.id = e.account_id
    LEFT JOIN public.wallet_datadelivery c ON c.id = (t.metadata ->> 'delivery')::uuid
    WHERE t.kind = 'data_delivery_done' AND t.at >= %(since)s AND t.at < %(until)s
      AND t.month BETWEEN %(month)s AND %(month_after)s
      AND a.address = 'carrier/' || %(carrier)s || '/delivered') b USING (id)
