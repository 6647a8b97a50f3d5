-- What a policy is at an instant, where a carrier may have its own.
CREATE FUNCTION public.exchange_policy_v1(p_key text, p_carrier text, p_now timestamptz)
RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT (p.value #>> '{}')::bigint FROM public.wallet_policyrow p
    WHERE p.key = p_key AND p.scope IN ('', p_carrier) AND p.starts_at <= p_now
    ORDER BY p.scope DESC, p.starts_at DESC LIMIT 1
$$;

-- Say whether a holder's number may offer so much more (MB) of a carrier's data: the same caps on
-- the same sums as where a refusal is worded, whose caller holds the holder's row too.
CREATE FUNCTION public.exchange_may_offer_v1(
    p_holder uuid, p_number uuid, p_package text, p_carrier text, p_month date, p_book uuid,
    p_lot_mb bigint, p_mb bigint, p_asset text, p_now timestamptz
) RETURNS boolean
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_line text := 'line/' || p_number::text;
    v_usage record;
    v_offered bigint;
    v_deposited bigint;
    v_held bigint;
BEGIN
    SELECT bool_or(u.package = p_package) AS has_package, max(u.as_of) AS seen_at,
           sum(u.allowance_mb) AS allowance_mb,
           sum(greatest(0, u.allowance_mb - u.used_mb)) AS remainder_mb
    INTO v_usage
    FROM public.wallet_number n
    JOIN public.wallet_usage u ON u.msisdn = n.msisdn
    WHERE n.id = p_number AND n.holder_id = p_holder
      AND u.carrier_id = p_carrier AND u.month = p_month AND u.kind = 'national';
    SELECT sum((o.open_lots + o.filled_lots)::bigint * p_lot_mb + o.aside_amount
               - (SELECT coalesce(sum(t.lots), 0) FROM public.exchange_trade t
                  WHERE t.sell_id = o.id AND t.busted_at IS NOT NULL) * p_lot_mb)
    INTO v_offered
    FROM public.exchange_order o WHERE o.number_id = p_number AND o.book_id = p_book;
    SELECT coalesce(sum(d.mb), 0) INTO v_deposited
    FROM public.wallet_deposit d JOIN public.wallet_instruction i ON i.id = d.instruction_id
    WHERE d.number_id = p_number AND d.month = p_month AND d.state <> 'failed'
      AND i.carrier_id = p_carrier;
    SELECT v_deposited - coalesce(sum(b.mb), 0) INTO v_deposited
    FROM public.wallet_takeback b JOIN public.wallet_instruction i ON i.id = b.instruction_id
    WHERE b.number_id = p_number AND b.month = p_month AND b.state = 'done'
      AND i.carrier_id = p_carrier;
    -- All lines of the number: what begins with its address and a slash.
    SELECT coalesce(sum(b.balance), 0) INTO v_held
    FROM public.ledger_account a JOIN public.ledger_balance b ON b.account_id = a.id
    WHERE a.address ~>=~ (v_line || '/') AND a.address ~<~ (v_line || '0') AND a.asset = p_asset;
    v_offered := coalesce(v_offered, 0) + p_mb;
    RETURN coalesce(
        v_usage.has_package
        AND v_usage.seen_at >= p_now
            - public.exchange_policy_v1('trade.line_seen_days_max', p_carrier, p_now) * interval '1 day'
        AND p_mb <= public.exchange_policy_v1('trade.mb_per_transfer_max', p_carrier, p_now)
        AND v_offered <= public.exchange_policy_v1('trade.mb_per_month_max', p_carrier, p_now)
        AND v_offered * 100 <= v_usage.allowance_mb
            * public.exchange_policy_v1('trade.share_of_allowance_max_percent', p_carrier, p_now)
        AND v_usage.remainder_mb - v_deposited + v_held - p_mb
            >= public.exchange_policy_v1('trade.must_remain_mb', p_carrier, p_now), false);
END
$$;

-- Accept an order in one call: hold its owner, look, write order and event, set aside.
--
-- Returns whether it did. It does not, and nothing is written, where there is something to look
-- into: an earlier request of this key, an owner who is no person alone, or one who may not trade
-- now, or not so much. Runs as whoever calls it; the ledger's function checks what the ledger must.
CREATE FUNCTION public.exchange_accept_order_v1(
    p_order uuid, p_book uuid, p_lot_mb bigint, p_carrier text, p_month date, p_holder uuid,
    p_number uuid, p_package text, p_kind text, p_side text, p_price_coins integer, p_lots integer,
    p_time_in_force text, p_maker_bp integer, p_taker_bp integer, p_seller_coins_per_lot integer,
    p_now timestamptz, p_year integer, p_key uuid, p_body jsonb, p_posting_month date,
    p_actor text, p_metadata jsonb, p_source text, p_target text, p_asset text, p_amount bigint
) RETURNS boolean
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_user uuid;
BEGIN
    SELECT h.user_id INTO v_user FROM public.wallet_holder h
    WHERE h.id = p_holder AND h.kind = 'person' AND h.frozen_at IS NULL AND h.closed_at IS NULL
      AND h.tier >= public.exchange_policy_v1('trade.tier_min', '', p_now)
      AND p_year - h.birth_year > public.exchange_policy_v1('trade.age_min', '', p_now)
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    -- The owner is held: from here on nothing of it changes.
    IF EXISTS (SELECT FROM public.wallet_winddown w WHERE w.begun_at IS NOT NULL)
       OR EXISTS (SELECT FROM public.wallet_member m WHERE m.user_id = v_user)
       OR EXISTS (SELECT FROM public.exchange_event e
                  WHERE e.holder_id = p_holder AND e.client_id = p_key) THEN
        RETURN false;
    END IF;
    IF p_side = 'S' THEN
        IF NOT public.exchange_may_offer_v1(p_holder, p_number, p_package, p_carrier, p_month, p_book,
                                     p_lot_mb, p_amount, p_asset, p_now) THEN
            RETURN false;
        END IF;
    ELSIF EXISTS (SELECT FROM public.wallet_number n
                  WHERE n.holder_id = p_holder AND n.doubted_at IS NOT NULL) THEN
        RETURN false;
    END IF;
    INSERT INTO public.exchange_order
        (id, book_id, holder_id, number_id, package, deliver_at_once, "group", kind, side,
         price_coins, lots, open_lots, filled_lots, fee_coin_bp, aside_amount, time_in_force,
         maker_bp, taker_bp, seller_coins_per_lot, state, reason, placed_at)
    VALUES (p_order, p_book, p_holder, p_number, p_package, false, p_holder, p_kind, p_side,
            p_price_coins, p_lots, p_lots, 0, 0, 0, p_time_in_force,
            p_maker_bp, p_taker_bp, p_seller_coins_per_lot, 'accepted', '', p_now);
    INSERT INTO public.exchange_event
        (book_id, kind, order_id, holder_id, client_id, body, accepted_at, outcome)
    VALUES (p_book, 'place', p_order, p_holder, p_key, p_body, p_now, '');
    PERFORM public.ledger_post_v2(
        p_order, 'order_place', p_posting_month, p_now, p_actor, p_metadata, NULL,
        ARRAY[p_source, p_target], ARRAY[p_asset, p_asset], ARRAY[-p_amount, p_amount]);
    RETURN true;
END
$$;
GRANT EXECUTE ON FUNCTION
    public.exchange_policy_v1(text, text, timestamptz),
    public.exchange_may_offer_v1(
        uuid, uuid, text, text, date, uuid, bigint, bigint, text, timestamptz),
    public.exchange_accept_order_v1(
        uuid, uuid, bigint, text, date, uuid, uuid, text, text, text, integer, integer, text,
        integer, integer, integer, timestamptz, integer, uuid, jsonb, date, text, jsonb, text,
        text, text, bigint)
    TO flowcoin_app;
