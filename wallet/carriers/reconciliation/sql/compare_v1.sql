-- One day of one carrier, three ways: %(carrier)s, %(day)s, from %(since)s to %(until)s.
WITH bookings AS (/*bookings*/),
lines AS (
    SELECT l.*
    FROM public.wallet_statementline l
    JOIN public.wallet_statementday d
      ON d.carrier_id = l.carrier_id AND d.day = l.day AND d.reading = l.reading
    WHERE l.carrier_id = %(carrier)s AND l.day = %(day)s),
ours AS (
    SELECT i.id, i.mb
    FROM public.wallet_instruction i
    WHERE i.id IN (SELECT instruction_id FROM lines) AND i.carrier_id = %(carrier)s
      AND i.state = 'delivered'
    UNION
    SELECT i.id, i.mb  -- what this statement does not list, and neither does the next
    FROM public.wallet_instruction i
    WHERE i.carrier_id = %(carrier)s AND i.state = 'delivered'
      AND i.submitted_at >= %(since)s AND i.submitted_at < %(until)s
      AND NOT EXISTS (
          SELECT FROM public.wallet_statementline l
          JOIN public.wallet_statementday d
            ON d.carrier_id = l.carrier_id AND d.day = l.day AND d.reading = l.reading
          WHERE l.instruction_id = i.id AND l.carrier_id = %(carrier)s)),
settled AS (
    SELECT count(*) AS things, coalesce(sum(i.mb), 0)::bigint AS mb
    FROM public.wallet_instruction i
    WHERE i.id IN (SELECT instruction_id FROM bookings) AND i.carrier_id = %(carrier)s
      AND i.state = 'delivered')
SELECT (SELECT count(*) FROM lines) AS lines,
       (SELECT coalesce(sum(mb), 0)::bigint FROM lines) AS lines_mb,
       (SELECT count(*) FROM ours) AS ours,
       (SELECT coalesce(sum(mb), 0)::bigint FROM ours) AS ours_mb,
       settled.things AS settled, settled.mb AS settled_mb,
       (SELECT count(transaction_id) FROM bookings) AS booked,
       (SELECT coalesce(sum(mb), 0)::bigint FROM bookings) AS booked_mb,
       (SELECT count(*) FROM public.wallet_instruction i
        WHERE i.carrier_id = %(carrier)s AND i.state IN ('submitted', 'processing', 'unknown')
          AND i.submitted_at >= %(since)s AND i.submitted_at < %(until)s) AS undecided,
       (SELECT count(*) FROM public.wallet_break k
        WHERE k.carrier_id = %(carrier)s AND k.facts ->> 'day' = %(day)s::date::text) AS breaks
FROM settled
