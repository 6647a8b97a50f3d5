-- Called only by the ways in, which fix the search path; granted to nobody.

-- Refuse legs that are no posting: fewer than two, a null or a zero, an account twice,
-- or a sum per asset that is not zero.
CREATE FUNCTION public.ledger_check_legs_v1(p_ids uuid[], p_assets text[], p_amounts bigint[])
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_asset text;
    v_sum numeric;
BEGIN
    IF coalesce(cardinality(p_ids), 0) < 2 OR array_position(p_ids, NULL) IS NOT NULL
       OR array_position(p_amounts, NULL) IS NOT NULL OR 0 = ANY (p_amounts) THEN
        RAISE EXCEPTION 'A posting has at least two legs, each with an address, an asset and an amount.'
            USING ERRCODE = 'FC001';
    END IF;
    IF EXISTS (SELECT FROM unnest(p_ids) AS u (id) GROUP BY id HAVING count(*) > 1) THEN
        RAISE EXCEPTION 'A posting names each account once.' USING ERRCODE = 'FC001';
    END IF;
    SELECT u.asset, sum(u.amount) INTO v_asset, v_sum
    FROM unnest(p_assets, p_amounts) AS u (asset, amount)
    GROUP BY u.asset HAVING sum(u.amount) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'The legs in % sum to %, not to zero.', v_asset, v_sum
            USING ERRCODE = 'FC001', DETAIL = jsonb_build_object('asset', v_asset)::text;
    END IF;
END
$$;

CREATE FUNCTION public.ledger_refuse_expired_v1(p_asset text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is past its month.', p_asset
        USING ERRCODE = 'FC008', DETAIL = jsonb_build_object('asset', p_asset)::text;
END
$$;

-- Name the account that would leave its bounds, and which of the two.
CREATE FUNCTION public.ledger_refuse_bounds_v1(p_account uuid, p_amount bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_row record;
BEGIN
    SELECT a.address, a.asset, b.balance, b.floor INTO v_row
    FROM public.ledger_account a JOIN public.ledger_balance b ON b.account_id = a.id
    WHERE a.id = p_account;
    RAISE EXCEPTION '% holds % %; % more would leave its bounds.',
        v_row.address, v_row.balance, v_row.asset, p_amount
        USING ERRCODE = CASE WHEN p_amount < 0 THEN 'FC003' ELSE 'FC009' END,
              DETAIL = jsonb_build_object('address', v_row.address, 'asset', v_row.asset,
                                          'balance', v_row.balance, 'amount', p_amount)::text;
END
$$;

-- Refuse ids that name transactions of other content, naming the field that differs.
CREATE FUNCTION public.ledger_refuse_other_content_v1(
    p_ids uuid[], p_kinds text[], p_metadata jsonb[], p_reverses uuid[], p_hashes bytea[]
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_bad record;
BEGIN
    SELECT * INTO v_bad FROM (
        SELECT t.id, CASE WHEN t.kind <> u.kind THEN 'kind'
                          WHEN t.reverses IS DISTINCT FROM u.reverses THEN 'reverses'
                          WHEN t.legs_hash <> u.legs_hash THEN 'legs'
                          WHEN t.metadata <> u.metadata THEN 'metadata' END AS field
        FROM unnest(p_ids, p_kinds, p_metadata, p_reverses, p_hashes)
                 AS u (id, kind, metadata, reverses, legs_hash)
        JOIN public.ledger_transaction t ON t.id = u.id) AS compared
    WHERE field IS NOT NULL ORDER BY id LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'The key already names a transaction that differs in its %.', v_bad.field
            USING ERRCODE = 'FC002',
                  DETAIL = jsonb_build_object('transaction', v_bad.id, 'field', v_bad.field)::text;
    END IF;
END
$$;

CREATE FUNCTION public.ledger_check_reverses_v1(p_reverses uuid[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_unknown uuid;
BEGIN
    SELECT u.id INTO v_unknown FROM unnest(p_reverses) AS u (id)
    WHERE u.id IS NOT NULL
      AND NOT EXISTS (SELECT FROM public.ledger_transaction t WHERE t.id = u.id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'No transaction % to reverse.', v_unknown USING ERRCODE = 'FC010';
    END IF;
END
$$;
