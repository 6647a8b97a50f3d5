-- What was posted after a month's close for the sake of that month, a row each: what rolled late
-- or could roll no more, what a carrier could not deliver and was replaced, what two persons posted
-- because a file named other final figures. Each with the file its figures come from, where one is
-- known. An empty carrier means all.
WITH closed AS (
    SELECT month, closing_at, to_char(month, 'YYYY-MM') AS name
    FROM public.ledger_month WHERE month = %(month)s AND state = 'closed'),
rolled AS (
    SELECT r.id, split_part(r.voucher_asset, '-', 2) AS carrier, n.msisdn, r.package
    FROM closed m
    JOIN public.wallet_roll r ON r.month = m.month
        AND r.rolled_at >= timezone('Asia/Shanghai', r.month + interval '1 month')
    JOIN public.wallet_number n ON n.id = r.number_id),
moved AS (
    SELECT DISTINCT t.id, c.code AS carrier, n.msisdn, t.metadata ->> 'package' AS package
    FROM closed m
    CROSS JOIN public.wallet_carrier c
    CROSS JOIN LATERAL (VALUES ('system/expired', 'SURPLUS'),
        ('carrier/' || c.code || '/replaced', 'DATA'),
        ('carrier/' || c.code || '/replaced', 'VOUCHER')) AS place (address, goods)
    JOIN public.ledger_entry e ON e.month > m.month AND e.account_id = public.ledger_account_id_v1(
        place.address, place.goods || '-' || c.code || '-' || m.name)
    JOIN public.ledger_transaction t ON t.id = e.transaction_id
        AND t.kind IN ('late_expire', 'data_delivery_failed')
    LEFT JOIN public.wallet_number n ON n.id = (t.metadata ->> 'number')::uuid),
changed AS (
    SELECT p.transaction_id AS id, b.carrier_id AS carrier,
           split_part(b.reference, '/', 1) AS msisdn, split_part(b.reference, '/', 3) AS package,
           b.facts ->> 'file' AS file
    FROM closed m
    JOIN public.wallet_break b ON b.kind = 'final_usage_changed'
        AND split_part(b.reference, '/', 2) = m.name
    JOIN public.ledger_proposal_posting p ON p.proposal_id = b.proposal),
found AS (
    SELECT id, carrier, msisdn, package, NULL::text AS file FROM rolled
    UNION ALL SELECT id, carrier, msisdn, package, NULL FROM moved
    UNION ALL SELECT id, carrier, msisdn, package, file FROM changed)
SELECT t.id, t.kind, t.month AS posted, t.at, f.carrier, coalesce(f.msisdn, '') AS msisdn,
       coalesce(f.package, '') AS package, coalesce(u.name, '') AS file, u.read_at,
       coalesce(u.read_at >= m.closing_at, false) AS is_late, legs.moved
FROM found f
CROSS JOIN closed m
JOIN public.ledger_transaction t ON t.id = f.id AND t.at >= m.closing_at
LEFT JOIN public.wallet_usage w ON w.msisdn = f.msisdn AND w.carrier_id = f.carrier
    AND w.month = m.month AND w.package = f.package
LEFT JOIN public.wallet_usagefile u ON u.sha256 = coalesce(f.file, w.file_id)
CROSS JOIN LATERAL (
    SELECT jsonb_object_agg(asset, amount) AS moved
    FROM (SELECT a.asset, sum(e.amount)::bigint AS amount
          FROM public.ledger_entry e JOIN public.ledger_account a ON a.id = e.account_id
          WHERE e.transaction_id = t.id AND e.month = t.month AND e.amount > 0
          GROUP BY a.asset) AS came) AS legs
WHERE %(carrier)s = '' OR f.carrier = %(carrier)s
