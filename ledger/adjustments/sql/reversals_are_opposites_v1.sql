-- A transaction of kind reversal names what it reverses, and its entries are the opposite ones.
WITH reversals AS (
    SELECT id, reverses FROM public.ledger_transaction WHERE kind = 'reversal'),
judged AS (
    SELECT r.id, CASE
        WHEN r.reverses IS NULL
             OR NOT EXISTS (SELECT FROM public.ledger_transaction t WHERE t.id = r.reverses)
        THEN 'reverses nothing'
        WHEN EXISTS (
            SELECT FROM (SELECT account_id, amount FROM public.ledger_entry
                         WHERE transaction_id = r.id) AS back
            FULL JOIN (SELECT account_id, -amount AS amount FROM public.ledger_entry
                       WHERE transaction_id = r.reverses) AS wanted
              ON wanted.account_id = back.account_id AND wanted.amount = back.amount
            WHERE wanted.amount IS NULL OR back.amount IS NULL)
        THEN 'is not the opposite of what it reverses' END AS fault
    FROM reversals r)
SELECT count(*), count(fault), min('reversal ' || id || ' ' || fault) FROM judged
