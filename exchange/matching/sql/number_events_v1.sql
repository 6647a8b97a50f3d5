-- Give events of a book their numbers and what became of each.
UPDATE public.exchange_event AS e
SET number = u.number, outcome = u.outcome
FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS u (id, number, outcome)
WHERE e.id = u.id AND e.number IS NULL
