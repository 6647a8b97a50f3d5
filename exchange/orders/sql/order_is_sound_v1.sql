-- Whether what an order says can be: the invariants of its row, for the table's one CHECK. In a
-- function, because a statement that writes one order reads and prepares the text of every CHECK
-- anew: of twelve that took longer than to write the row, its indexes with it. Nothing is null but a
-- buyer's number and what is delivered to none.
CREATE FUNCTION public.exchange_order_is_sound_v1(
    p_lots integer, p_price_coins integer, p_open_lots integer, p_filled_lots integer,
    p_aside_amount bigint, p_maker_bp integer, p_taker_bp integer, p_seller_coins_per_lot integer,
    p_side text, p_number uuid, p_deliver_at_once boolean, p_deliver_to uuid
) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN p_lots > 0 AND p_price_coins > 0 AND p_lots >= p_open_lots + p_filled_lots
       AND least(p_open_lots, p_filled_lots, p_maker_bp, p_taker_bp, p_seller_coins_per_lot) >= 0
       AND p_aside_amount >= 0
       AND p_side = CASE WHEN p_number IS NULL THEN 'B' ELSE 'S' END
       AND (NOT p_deliver_at_once OR p_deliver_to IS NOT NULL AND p_side = 'B');
END
$$;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
-- Whoever writes an order runs it.
GRANT EXECUTE ON FUNCTION public.exchange_order_is_sound_v1(
    integer, integer, integer, integer, bigint, integer, integer, integer, text, uuid, boolean, uuid)
    TO flowcoin_app;
