-- Moves on striped balances, in the one lock order: after every balance row of one piece, account
-- by account in id order. Who waits for a stripe holds no other of its account, or only such as
-- stand before it. Granted to nobody.

-- Move one posting's amount. A draw takes the fullest stripe that nobody holds, and looks
-- further only when there is none that suffices; it is refused only when the whole is short.
CREATE FUNCTION public.ledger_move_stripes_v1(p_account uuid, p_amount bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_stripe smallint;
    v_whole bigint;
BEGIN
    IF p_amount > 0 THEN
        PERFORM public.ledger_fill_stripes_v1(p_account, p_amount);
    ELSIF NOT public.ledger_draw_stripe_v1(p_account, NULL, p_amount) THEN
        -- Others hold what would be enough. Wait for one of them: who waits for all makes all wait.
        SELECT s.stripe INTO v_stripe FROM public.ledger_stripe s
        WHERE s.account_id = p_account AND s.balance >= -p_amount ORDER BY random() LIMIT 1;
        IF NOT FOUND OR NOT public.ledger_draw_stripe_v1(p_account, v_stripe, p_amount) THEN
            v_whole := public.ledger_hold_stripes_v1(p_account);
            IF v_whole + p_amount < 0 THEN
                PERFORM public.ledger_refuse_bounds_v1(p_account, p_amount);
            END IF;
            PERFORM public.ledger_spread_v1(p_account, NULL, v_whole + p_amount);
        END IF;
    END IF;
END
$$;

-- Draw from a stripe: the named one, waited for, or the fullest that is free. False: it has too
-- little, and nothing is held, for another may wait for it who holds what we shall wait for.
CREATE FUNCTION public.ledger_draw_stripe_v1(p_account uuid, p_stripe smallint, p_amount bigint)
RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    v_stripe smallint := p_stripe;
BEGIN
    IF p_stripe IS NULL THEN
        SELECT s.stripe INTO v_stripe FROM public.ledger_stripe s
        WHERE s.account_id = p_account AND s.balance >= -p_amount
        ORDER BY s.balance DESC, s.stripe LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
    END IF;
    UPDATE public.ledger_stripe SET balance = balance + p_amount
    WHERE account_id = p_account AND stripe = v_stripe AND balance + p_amount >= 0;
    IF NOT FOUND THEN
        -- Undoes the block, and so lets go of the stripe.
        RAISE EXCEPTION 'Too little in this stripe.' USING ERRCODE = 'FC0ST';
    END IF;
    RETURN true;
EXCEPTION WHEN SQLSTATE 'FC0ST' THEN
    RETURN false;
END
$$;

-- Add to the emptiest stripe that is free, or wait for one. An amount that is more than what is
-- there would leave the other stripes of no use: it is spread over all that are free.
CREATE FUNCTION public.ledger_fill_stripes_v1(p_account uuid, p_amount bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_stripes smallint[];
    v_free bigint;
BEGIN
    IF p_amount >= (SELECT sum(s.balance) FROM public.ledger_stripe s
                    WHERE s.account_id = p_account) THEN
        SELECT array_agg(h.stripe), sum(h.balance) INTO v_stripes, v_free
        FROM (SELECT s.stripe, s.balance FROM public.ledger_stripe s
              WHERE s.account_id = p_account FOR NO KEY UPDATE SKIP LOCKED) AS h;
        IF v_stripes IS NOT NULL THEN
            PERFORM public.ledger_spread_v1(p_account, v_stripes, v_free + p_amount);
            RETURN;
        END IF;
    END IF;
    v_stripes := ARRAY(SELECT s.stripe FROM public.ledger_stripe s WHERE s.account_id = p_account
                       ORDER BY s.balance, s.stripe LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED);
    UPDATE public.ledger_stripe SET balance = balance + p_amount
    WHERE account_id = p_account AND stripe = coalesce(v_stripes[1], 0);
END
$$;

-- Hold all stripes of an account and return what they hold together.
CREATE FUNCTION public.ledger_hold_stripes_v1(p_account uuid) RETURNS bigint
LANGUAGE sql AS $$
    SELECT sum(h.balance)::bigint
    FROM (SELECT s.balance FROM public.ledger_stripe s WHERE s.account_id = p_account
          ORDER BY s.stripe FOR NO KEY UPDATE) AS h
$$;

-- Give each of these stripes (null: of all), which are held, its even part of a whole.
CREATE FUNCTION public.ledger_spread_v1(p_account uuid, p_stripes smallint[], p_whole bigint)
RETURNS void
LANGUAGE sql AS $$
    UPDATE public.ledger_stripe s
    SET balance = p_whole / h.stripes + (h.place <= p_whole % h.stripes)::integer
    FROM (SELECT x.stripe, row_number() OVER () AS place, count(*) OVER () AS stripes
          FROM public.ledger_stripe x
          WHERE x.account_id = p_account AND (p_stripes IS NULL OR x.stripe = ANY (p_stripes))) AS h
    WHERE s.account_id = p_account AND s.stripe = h.stripe
$$;
