-- A transaction's entries in their order: address, fields, salt, hash. Parameter: transaction.
-- One that is not sealed yet has neither salt nor hash.
SELECT e.address, e.fields, l.salts[e.place], sha256(l.salts[e.place] || public.ledger_seal_fields_v1(e.fields))
FROM (SELECT row_number() OVER (ORDER BY e.id) AS place, e.transaction_id, a.address,
             public.ledger_seal_entry_v1(e.month, e.id, a.address, a.asset, e.amount, e.version,
                                         e.balance_after) AS fields
      FROM public.ledger_transaction t
      JOIN public.ledger_entry e ON e.transaction_id = t.id AND e.month = t.month
      JOIN public.ledger_account a ON a.id = e.account_id
      WHERE t.id = %(transaction)s) AS e
LEFT JOIN public.ledger_seal_leaf l USING (transaction_id)
ORDER BY e.place
