-- How much of its data of a month (MB) a number may sell, and whether so much more is within it:
-- `refused` is the code of the first cap that says no, or null. One row; none where a policy is
-- unset. `tier_min` and `age_min` are what anybody who trades must have: read in the same look.
--
-- `offered` is what it has sold or offers: also what waits beside an order, but not what was bust.
-- `left` is what its user still has: the attested remainder less what was deposited or is about to
-- be, and what is deposited but neither sold nor offered, which can be taken back.
--
-- What belongs to a row is looked up for it, not joined: so its key is used whatever the planner
-- knows. Each sum is one row and a level of its own (OFFSET 0), or it would be taken where it is used.
CREATE FUNCTION public.exchange_sale_v2(
    p_holder uuid, p_number uuid, p_package text, p_book uuid, p_lot_mb bigint, p_carrier text,
    p_month date, p_asset text, p_mb bigint, p_now timestamptz
) RETURNS TABLE (
    refused text, offered_mb bigint, allowance_mb bigint, left_mb bigint, days_max bigint,
    transfer_mb_max bigint, month_mb_max bigint, share_max_percent bigint, must_remain_mb bigint,
    tier_min bigint, age_min bigint
)
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN usage.has_package IS NOT TRUE THEN 'line_unknown'
                WHEN usage.seen_at < p_now - caps.days * interval '1 day' THEN 'line_idle'
                WHEN p_mb > caps.transfer_mb THEN 'transfer_cap_passed'
                WHEN offered.mb + p_mb > caps.month_mb THEN 'month_cap_passed'
                WHEN (offered.mb + p_mb) * 100 > usage.allowance_mb * caps.share_percent
                    THEN 'share_of_allowance_passed'
                WHEN usage.remainder_mb + line.mb - p_mb < caps.remain_mb THEN 'too_little_left'
           END,
           offered.mb, usage.allowance_mb, usage.remainder_mb + line.mb,
           caps.days, caps.transfer_mb, caps.month_mb, caps.share_percent, caps.remain_mb,
           caps.tier, caps.age
    FROM (SELECT max(p.value::bigint) FILTER (WHERE p.key = 'trade.line_seen_days_max') AS days,
                 max(p.value::bigint) FILTER (WHERE p.key = 'trade.mb_per_transfer_max') AS transfer_mb,
                 max(p.value::bigint) FILTER (WHERE p.key = 'trade.mb_per_month_max') AS month_mb,
                 max(p.value::bigint) FILTER (WHERE p.key = 'trade.share_of_allowance_max_percent')
                     AS share_percent,
                 max(p.value::bigint) FILTER (WHERE p.key = 'trade.must_remain_mb') AS remain_mb,
                 max(p.value::bigint) FILTER (WHERE p.key = 'trade.tier_min') AS tier,
                 max(p.value::bigint) FILTER (WHERE p.key = 'trade.age_min') AS age
          FROM public.wallet_policies_v1(
              ARRAY['trade.age_min', 'trade.line_seen_days_max', 'trade.mb_per_month_max',
                    'trade.mb_per_transfer_max', 'trade.must_remain_mb',
                    'trade.share_of_allowance_max_percent', 'trade.tier_min'],
              ARRAY['', p_carrier], p_now) AS p
          HAVING count(*) = 7) AS caps,
         (SELECT bool_or(u.package = p_package) AS has_package, max(u.as_of) AS seen_at,
                 coalesce(sum(u.allowance_mb), 0)::bigint AS allowance_mb,
                 coalesce(sum(greatest(0, u.allowance_mb - u.used_mb)), 0)::bigint AS remainder_mb
          FROM public.wallet_usage u
          WHERE u.msisdn = (SELECT n.msisdn FROM public.wallet_number n
                            WHERE n.id = p_number AND n.holder_id = p_holder)
            AND u.carrier_id = p_carrier AND u.month = p_month AND u.kind = 'national') AS usage,
         (SELECT coalesce(sum((o.open_lots + o.filled_lots)::bigint * p_lot_mb + o.aside_amount), 0)
                     ::bigint
                 - (SELECT coalesce(sum(t.lots), 0) * p_lot_mb FROM public.exchange_trade t
                    WHERE t.book_id = p_book AND t.busted_at IS NOT NULL
                      AND (SELECT s.number_id FROM public.exchange_order s WHERE s.id = t.sell_id)
                          = p_number) AS mb
          FROM public.exchange_order o
          WHERE o.number_id = p_number AND o.book_id = p_book) AS offered,
         -- All lines of the number: what begins with its address and a slash.
         (SELECT ((SELECT coalesce(sum(b.balance), 0)
                   FROM public.ledger_account a JOIN public.ledger_balance b ON b.account_id = a.id
                   WHERE a.address ~>=~ ('line/' || p_number || '/')
                     AND a.address ~<~ ('line/' || p_number || '0') AND a.asset = p_asset)
                  - (SELECT coalesce(sum(d.mb), 0) FROM public.wallet_deposit d
                     WHERE d.number_id = p_number AND d.month = p_month AND d.state <> 'failed'
                       AND (SELECT i.carrier_id FROM public.wallet_instruction i
                            WHERE i.id = d.instruction_id) = p_carrier)
                  + (SELECT coalesce(sum(b.mb), 0) FROM public.wallet_takeback b
                     WHERE b.number_id = p_number AND b.month = p_month AND b.state = 'done'
                       AND (SELECT i.carrier_id FROM public.wallet_instruction i
                            WHERE i.id = b.instruction_id) = p_carrier))::bigint AS mb
          OFFSET 0) AS line
$$;
