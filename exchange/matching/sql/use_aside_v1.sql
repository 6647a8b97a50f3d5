-- Take off orders, ended ones too, what lay beside them and has had its turn in the log.
UPDATE public.exchange_order AS o
SET aside_amount = o.aside_amount - u.amount
FROM unnest(%s::uuid[], %s::bigint[]) AS u (id, amount)
WHERE o.id = u.id
