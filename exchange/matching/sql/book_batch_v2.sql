-- Write what a batch made of a book's log, but its postings: the cursor first, which only the
-- book's writer can move. Returns whether it moved; where not, nothing is written.
--
-- Arrays are met by the ids in them, one row after the other, however many rows a table has. As v1,
-- but that events are not touched: those of the batch, in their order, have turns put beside them,
-- which what waits is taken away by.
CREATE FUNCTION public.exchange_book_rows_v2(
    p_book uuid, p_epoch bigint, p_from bigint, p_to bigint, p_trades bigint, p_phase text,
    p_lease_until timestamptz, p_closed_at timestamptz,
    p_events bigint[], p_outcomes text[],
    p_orders uuid[], p_states text[], p_reasons text[], p_prices integer[], p_lots integer[],
    p_open_lots integer[], p_filled_lots integer[], p_fees bigint[], p_ended timestamptz[],
    p_priorities bigint[],
    p_used_orders uuid[], p_used_amounts bigint[],
    p_trade_ids uuid[], p_trade_numbers bigint[], p_event_numbers bigint[], p_buys uuid[],
    p_sells uuid[], p_takers text[], p_trade_prices integer[], p_trade_lots integer[],
    p_buyer_bps integer[], p_seller_bps integer[], p_covers bigint[], p_traded timestamptz[],
    p_deliveries uuid[]
) RETURNS boolean
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    UPDATE public.exchange_book b
    SET cursor = p_to, trades = p_trades, phase = p_phase, lease_until = p_lease_until,
        closed_at = coalesce(p_closed_at, b.closed_at)
    WHERE b.id = p_book AND b.epoch = p_epoch AND b.cursor = p_from;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO public.exchange_turn (event_id, book_id, number, outcome)
    SELECT u.event, p_book, p_from + u.place, u.outcome
    FROM unnest(p_events, p_outcomes) WITH ORDINALITY AS u (event, outcome, place);
    -- An order that has ended is never touched again. What lies beside an order is not the batch's
    -- to set: a replacement may have been accepted meanwhile.
    UPDATE public.exchange_order o
    SET state = u.state, reason = u.reason, price_coins = u.price_coins, lots = u.lots,
        open_lots = u.open_lots, filled_lots = u.filled_lots, fee_coin_bp = u.fee_coin_bp,
        ended_at = u.ended_at, priority = u.priority
    FROM unnest(p_orders, p_states, p_reasons, p_prices, p_lots, p_open_lots, p_filled_lots,
                p_fees, p_ended, p_priorities)
             AS u (id, state, reason, price_coins, lots, open_lots, filled_lots, fee_coin_bp,
                   ended_at, priority)
    WHERE o.id = u.id AND o.state IN ('accepted', 'open');
    -- Off orders, ended ones too, what lay beside them and has had its turn in the log.
    UPDATE public.exchange_order o
    SET aside_amount = o.aside_amount - u.amount
    FROM unnest(p_used_orders, p_used_amounts) AS u (id, amount)
    WHERE o.id = u.id;
    INSERT INTO public.exchange_trade
        (book_id, id, number, event_number, buy_id, sell_id, taker, price_coins, lots, buyer_bp,
         seller_bp, buyer_cover_coins, traded_at, delivery_id)
    SELECT p_book, u.*
    FROM unnest(p_trade_ids, p_trade_numbers, p_event_numbers, p_buys, p_sells, p_takers,
                p_trade_prices, p_trade_lots, p_buyer_bps, p_seller_bps, p_covers, p_traded,
                p_deliveries) AS u;
    RETURN true;
END
$$;

-- Book a batch in one call: its rows, and its postings last. Returns whether the book is still its
-- writer's; where not, nothing is written. Runs as whoever calls it.
CREATE FUNCTION public.exchange_book_batch_v2(
    p_book uuid, p_epoch bigint, p_from bigint, p_to bigint, p_trades bigint, p_phase text,
    p_lease_until timestamptz, p_closed_at timestamptz,
    p_events bigint[], p_outcomes text[],
    p_orders uuid[], p_states text[], p_reasons text[], p_prices integer[], p_lots integer[],
    p_open_lots integer[], p_filled_lots integer[], p_fees bigint[], p_ended timestamptz[],
    p_priorities bigint[],
    p_used_orders uuid[], p_used_amounts bigint[],
    p_trade_ids uuid[], p_trade_numbers bigint[], p_event_numbers bigint[], p_buys uuid[],
    p_sells uuid[], p_takers text[], p_trade_prices integer[], p_trade_lots integer[],
    p_buyer_bps integer[], p_seller_bps integer[], p_covers bigint[], p_traded timestamptz[],
    p_deliveries uuid[],
    p_month date, p_at timestamptz, p_actor text, p_ids uuid[], p_kinds text[], p_metadata jsonb[],
    p_reverses uuid[], p_ordinals integer[], p_addresses text[], p_assets text[],
    p_amounts bigint[]
) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT public.exchange_book_rows_v2(
        p_book, p_epoch, p_from, p_to, p_trades, p_phase, p_lease_until, p_closed_at,
        p_events, p_outcomes,
        p_orders, p_states, p_reasons, p_prices, p_lots, p_open_lots, p_filled_lots, p_fees,
        p_ended, p_priorities, p_used_orders, p_used_amounts,
        p_trade_ids, p_trade_numbers, p_event_numbers, p_buys, p_sells, p_takers, p_trade_prices,
        p_trade_lots, p_buyer_bps, p_seller_bps, p_covers, p_traded, p_deliveries) THEN
        RETURN false;
    END IF;
    IF cardinality(p_ids) > 0 THEN
        PERFORM public.ledger_post_batch_v2(
            p_month, p_at, p_actor, p_ids, p_kinds, p_metadata, p_reverses, p_ordinals,
            p_addresses, p_assets, p_amounts);
    END IF;
    RETURN true;
END
$$;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    public.exchange_book_rows_v2(
        uuid, bigint, bigint, bigint, bigint, text, timestamptz, timestamptz,
        bigint[], text[],
        uuid[], text[], text[], integer[], integer[], integer[], integer[], bigint[],
        timestamptz[], bigint[], uuid[], bigint[],
        uuid[], bigint[], bigint[], uuid[], uuid[], text[], integer[], integer[], integer[],
        integer[], bigint[], timestamptz[], uuid[]),
    public.exchange_book_batch_v2(
        uuid, bigint, bigint, bigint, bigint, text, timestamptz, timestamptz,
        bigint[], text[],
        uuid[], text[], text[], integer[], integer[], integer[], integer[], bigint[],
        timestamptz[], bigint[], uuid[], bigint[],
        uuid[], bigint[], bigint[], uuid[], uuid[], text[], integer[], integer[], integer[],
        integer[], bigint[], timestamptz[], uuid[],
        date, timestamptz, text, uuid[], text[], jsonb[], uuid[], integer[], text[], text[],
        bigint[])
    TO flowcoin_app;
DROP FUNCTION
    public.exchange_book_rows_v1(
        uuid, bigint, bigint, bigint, bigint, text, timestamptz, timestamptz,
        bigint[], bigint[], text[],
        uuid[], text[], text[], integer[], integer[], integer[], integer[], bigint[],
        timestamptz[], bigint[], uuid[], bigint[],
        uuid[], bigint[], bigint[], uuid[], uuid[], text[], integer[], integer[], integer[],
        integer[], bigint[], timestamptz[], uuid[]),
    public.exchange_book_batch_v1(
        uuid, bigint, bigint, bigint, bigint, text, timestamptz, timestamptz,
        bigint[], bigint[], text[],
        uuid[], text[], text[], integer[], integer[], integer[], integer[], bigint[],
        timestamptz[], bigint[], uuid[], bigint[],
        uuid[], bigint[], bigint[], uuid[], uuid[], text[], integer[], integer[], integer[],
        integer[], bigint[], timestamptz[], uuid[],
        date, timestamptz, text, uuid[], text[], jsonb[], uuid[], integer[], text[], text[],
        bigint[]);
