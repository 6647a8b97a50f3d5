-- Where the ledger differs from what a carrier proved: %(carrier)s, from %(since)s to %(until)s,
-- at %(now)s. Proved and not settled an hour later: not_booked. Settled without its posting, or
-- posted otherwise than proved: booked_otherwise. `bookings` is what each family says of itself.
WITH bookings AS (/*bookings*/),
found AS (
    SELECT 'not_booked' AS break, i.id::text AS reference,
           jsonb_build_object('kind', i.kind, 'mb', i.mb, 'day', %(day)s::date) AS facts
    FROM public.wallet_instruction i
    WHERE i.carrier_id = %(carrier)s AND i.state = 'delivered' AND i.settled_at IS NULL
      AND i.decided_at >= %(since)s AND i.decided_at < %(until)s
      AND i.decided_at < %(now)s::timestamptz - interval '1 hour'
    UNION ALL
    SELECT 'booked_otherwise', coalesce(i.id, b.instruction_id, b.transaction_id)::text,
           jsonb_strip_nulls(jsonb_build_object(
               'kind', i.kind, 'mb', i.mb, 'booked_mb', b.mb, 'transaction', b.transaction_id,
               'day', %(day)s::date))
    FROM bookings b
    LEFT JOIN public.wallet_instruction i
      ON i.id = b.instruction_id AND i.carrier_id = %(carrier)s AND i.state = 'delivered'
    WHERE i.id IS NULL OR b.transaction_id IS NULL OR b.mb IS DISTINCT FROM i.mb)
INSERT INTO public.wallet_break
    (id, carrier_id, kind, reference, facts, found_at, resolved_by, resolution,
     asked_outcome, asked_by, asked_reason)
SELECT DISTINCT ON (f.break, f.reference)
       gen_random_uuid(), %(carrier)s, f.break, f.reference, f.facts, %(now)s, '', '', '', '', ''
FROM found f
ORDER BY f.break, f.reference
ON CONFLICT DO NOTHING
