-- Accept an order in one call: hold its owner, look, write order and event, set aside. As v3, with
-- fewer looks and sums: a sale's line, its number's orders and the policies are read in one
-- statement, and of the line its own package alone.
--
-- What a number offers at most is not summed over its orders anew: the one that counted most says it
-- (`offered_mb_max`). Descending, one that may not have counted comes first: a null, as orders of a
-- process that calls v3 have, and the bound is unknown. Where that bound, or that of what is left,
-- does not say yes, exchange_sale_v2 sums everything, and what the new order counts is exact again.
--
-- Returns whether it did. It does not, and nothing is written, where there is something to look
-- into: an earlier request of this key, an owner who is no person alone, or one who may not trade
-- now, or not so much. Runs as whoever calls it; the ledger's function checks what the ledger must.
--
-- Everything is looked up by its key, whatever the planner knows: small tables too, for to walk
-- one takes longer than to find seven rows of it. A number's usage is found by the number alone:
-- without statistics every index of the table looks alike, and the usage of all numbers of the
-- carrier would be read for each sale. No index serves IS NOT DISTINCT FROM.
CREATE FUNCTION public.exchange_accept_order_v4(
    p_order uuid, p_book uuid, p_lot_mb bigint, p_carrier text, p_month date, p_holder uuid,
    p_number uuid, p_package text, p_kind text, p_side text, p_price_coins integer, p_lots integer,
    p_time_in_force text, p_maker_bp integer, p_taker_bp integer, p_seller_coins_per_lot integer,
    p_now timestamptz, p_year integer, p_key uuid, p_body jsonb, p_posting_month date,
    p_actor text, p_metadata jsonb, p_source text, p_target text, p_asset text, p_amount bigint
) RETURNS boolean
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    v_user uuid;
    v_tier smallint;
    v_birth_year integer;
    v_offered_mb bigint;
BEGIN
    SELECT h.user_id, h.tier, h.birth_year INTO v_user, v_tier, v_birth_year
    FROM public.wallet_holder h
    WHERE h.id = p_holder AND h.kind = 'person' AND h.frozen_at IS NULL AND h.closed_at IS NULL
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    -- The owner is held: from here on nothing of it changes.
    IF p_side = 'S' THEN
        -- What is offered at most, and allowed and left at least: of the month's deposits and of the
        -- package's own usage alone, to which others only add.
        SELECT max(line.offered_mb) INTO v_offered_mb
        FROM (SELECT u.as_of, u.allowance_mb,
                     greatest(0, u.allowance_mb - u.used_mb) - p_amount
                     - coalesce((SELECT sum(d.mb)::bigint FROM public.wallet_deposit d
                                 WHERE d.number_id = p_number AND d.month = p_month
                                   AND d.state <> 'failed'), 0) AS remains_mb,
                     nullif(coalesce((SELECT coalesce(o.offered_mb_max, -1)
                                      FROM public.exchange_order o
                                      WHERE o.number_id = p_number AND o.book_id = p_book
                                      ORDER BY o.offered_mb_max DESC LIMIT 1), 0), -1)
                     + p_amount AS offered_mb
              FROM public.wallet_usage u
              WHERE u.msisdn = (SELECT n.msisdn FROM public.wallet_number n
                                WHERE n.id = p_number AND n.holder_id IS NOT DISTINCT FROM p_holder)
                AND u.carrier_id IS NOT DISTINCT FROM p_carrier
                AND u.month IS NOT DISTINCT FROM p_month AND u.kind = 'national'
                AND u.package IS NOT DISTINCT FROM p_package) AS line,
             public.wallet_policies_v1(
                 ARRAY['trade.age_min', 'trade.line_seen_days_max', 'trade.mb_per_month_max',
                       'trade.mb_per_transfer_max', 'trade.must_remain_mb',
                       'trade.share_of_allowance_max_percent', 'trade.tier_min'],
                 ARRAY['', p_carrier], p_now) AS p
        WHERE CASE p.key
                  WHEN 'trade.tier_min' THEN v_tier >= p.value::bigint
                  WHEN 'trade.age_min' THEN p_year - v_birth_year > p.value::bigint
                  WHEN 'trade.line_seen_days_max'
                      THEN line.as_of >= p_now - p.value::bigint * interval '1 day'
                  WHEN 'trade.mb_per_transfer_max' THEN p_amount <= p.value::bigint
                  WHEN 'trade.mb_per_month_max' THEN line.offered_mb <= p.value::bigint
                  WHEN 'trade.share_of_allowance_max_percent'
                      THEN line.offered_mb * 100 <= line.allowance_mb * p.value::bigint
                  WHEN 'trade.must_remain_mb' THEN line.remains_mb >= p.value::bigint
              END
          AND NOT EXISTS (SELECT FROM public.wallet_winddown w WHERE w.begun_at IS NOT NULL)
          AND NOT EXISTS (SELECT FROM public.wallet_member m WHERE m.user_id = v_user)
          AND NOT EXISTS (SELECT FROM public.exchange_event e
                          WHERE e.holder_id = p_holder AND e.client_id = p_key)
        HAVING count(*) = 7;
        IF NOT FOUND THEN
            -- Perhaps only what was left out of the two bounds says yes: then all is summed.
            SELECT sale.offered_mb + p_amount INTO v_offered_mb FROM public.exchange_sale_v2(
                p_holder, p_number, p_package, p_book, p_lot_mb, p_carrier, p_month, p_asset,
                p_amount, p_now) AS sale
            WHERE sale.refused IS NULL
              AND v_tier >= sale.tier_min AND p_year - v_birth_year > sale.age_min
              AND NOT EXISTS (SELECT FROM public.wallet_winddown w WHERE w.begun_at IS NOT NULL)
              AND NOT EXISTS (SELECT FROM public.wallet_member m WHERE m.user_id = v_user)
              AND NOT EXISTS (SELECT FROM public.exchange_event e
                              WHERE e.holder_id = p_holder AND e.client_id = p_key);
        END IF;
    ELSE
        PERFORM FROM public.wallet_policies_v1(
            ARRAY['trade.age_min', 'trade.tier_min'], ARRAY['', p_carrier], p_now) AS p
        WHERE CASE p.key WHEN 'trade.tier_min' THEN v_tier >= p.value::bigint
                         ELSE p_year - v_birth_year > p.value::bigint END
          AND NOT EXISTS (SELECT FROM public.wallet_winddown w WHERE w.begun_at IS NOT NULL)
          AND NOT EXISTS (SELECT FROM public.wallet_member m WHERE m.user_id = v_user)
          AND NOT EXISTS (SELECT FROM public.exchange_event e
                          WHERE e.holder_id = p_holder AND e.client_id = p_key)
          AND NOT EXISTS (SELECT FROM public.wallet_number n
                          WHERE n.holder_id = p_holder AND n.doubted_at IS NOT NULL)
        HAVING count(*) = 2;
    END IF;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO public.exchange_order
        (id, book_id, holder_id, number_id, package, deliver_at_once, "group", kind, side,
         price_coins, lots, open_lots, filled_lots, fee_coin_bp, aside_amount, time_in_force,
         maker_bp, taker_bp, seller_coins_per_lot, state, reason, placed_at,
         offered_mb_max)
    VALUES (p_order, p_book, p_holder, p_number, p_package, false, p_holder, p_kind, p_side,
            p_price_coins, p_lots, p_lots, 0, 0, 0, p_time_in_force,
            p_maker_bp, p_taker_bp, p_seller_coins_per_lot, 'accepted', '', p_now,
            v_offered_mb);
    INSERT INTO public.exchange_event
        (book_id, kind, order_id, holder_id, client_id, body, accepted_at)
    VALUES (p_book, 'place', p_order, p_holder, p_key, p_body, p_now);
    PERFORM public.ledger_post_v2(
        p_order, 'order_place', p_posting_month, p_now, p_actor, p_metadata, NULL,
        ARRAY[p_source, p_target], ARRAY[p_asset, p_asset], ARRAY[-p_amount, p_amount]);
    RETURN true;
END
$$;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    public.exchange_accept_order_v4(
        uuid, uuid, bigint, text, date, uuid, uuid, text, text, text, integer, integer, text,
        integer, integer, integer, timestamptz, integer, uuid, jsonb, date, text, jsonb, text,
        text, text, bigint)
    TO flowcoin_app;

-- What comes to lie beside a sale is offered as well: unless whoever puts it there counts, nobody
-- has counted. So says the database, for a bust and for processes that know of no count.
CREATE FUNCTION public.exchange_uncount_v1() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.offered_mb_max := NULL;
    RETURN NEW;
END
$$;
CREATE TRIGGER uncount BEFORE UPDATE OF aside_amount ON public.exchange_order
    FOR EACH ROW
    WHEN (NEW.aside_amount > OLD.aside_amount AND NEW.number_id IS NOT NULL
          AND NEW.offered_mb_max IS NOT DISTINCT FROM OLD.offered_mb_max)
    EXECUTE FUNCTION public.exchange_uncount_v1();
REVOKE EXECUTE ON FUNCTION public.exchange_uncount_v1() FROM PUBLIC;
