-- Deposits and take-backs that %(carrier)s proved and we settled from %(since)s to %(until)s,
-- beside what the ledger booked for them in that time; either side may lack the other.
SELECT coalesce(o.instruction_id, b.instruction_id) AS instruction_id, b.transaction_id, b.mb
FROM (SELECT d.id, d.instruction_id
      FROM public.wallet_deposit d JOIN public.wallet_instruction i ON i.id = d.instruction_id
      WHERE i.carrier_id = %(carrier)s AND i.state = 'delivered'
        AND i.settled_at >= %(since)s AND i.settled_at < %(until)s) o
FULL JOIN (
    SELECT t.id, d.instruction_id, t.id AS transaction_id, -e.amount AS mb
    FROM public.ledger_transaction t
    JOIN public.ledger_entry e ON e.transaction_id = t.id AND e.month = t.month
    JOIN public.ledger_account a ON a.id = e.account_id
    LEFT JOIN public.wallet_deposit d ON d.id = t.id
    WHERE t.kind = 'deposit' AND t.at >= %(since)s AND t.at < %(until)s
      AND t.month BETWEEN %(month)s AND %(month_after)s
      AND a.address = 'carrier/' || %(carrier)s || '/deposited') b USING (id)
UNION ALL
SELECT coalesce(o.instruction_id, b.instruction_id), b.transaction_id, b.mb
FROM (SELECT k.id, k.instruction_id
      FROM public.wallet_takeback k JOIN public.wallet_instruction i ON i.id = k.instruction_id
      WHERE i.carrier_id = %(carrier)s AND i.state = 'delivered'
        AND i.settled_at >= %(since)s AND i.settled_at < %(until)s) o
FULL JOIN (
    SELECT k.id, k.instruction_id, t.id AS transaction_id, e.amount AS mb
    FROM public.ledger_transaction t
    JOIN public.ledger_entry e ON e.transaction_id = t.id AND e.month = t.month
    JOIN public.ledger_account a ON a.id = e.account_id
    JOIN public.ledger_entry w ON w.transaction_id = t.id AND w.month = t.month AND w.amount < 0
    JOIN public.ledger_account s ON s.id = w.account_id
    LEFT JOIN public.wallet_takeback k ON k.id = substring(s.address FROM 10)::uuid
    WHERE t.kind = 'take_back_done' AND t.at >= %(since)s AND t.at < %(until)s
      AND t.month BETWEEN %(month)s AND %(month_after)s
      AND a.address = 'carrier/' || %(carrier)s || '/deposited') b USING (id)
