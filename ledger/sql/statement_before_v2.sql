-- What an account held before a line of a statement, of which the opening balance is known: in
-- the first month that and the lines before; a later month has all of what was opened with
-- before it. (The first version summed the opening balance once more.)
CREATE FUNCTION public.ledger_statement_before_v2(
    p_account uuid, p_since timestamptz, p_until timestamptz, p_month date, p_id bigint,
    p_opening bigint
) RETURNS bigint
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    v_before bigint := (public.ledger_sum_in_month_v1(p_account, p_month, p_until, p_id)).amount;
BEGIN
    IF p_since > p_month::timestamp AT TIME ZONE 'Asia/Shanghai' THEN
        RETURN p_opening + v_before
            - (public.ledger_sum_in_month_v1(p_account, p_month, p_since, p_id)).amount;
    END IF;
    RETURN public.ledger_balance_before_v1(p_account, p_month) + v_before;
END
$$;
DROP FUNCTION public.ledger_statement_before_v1(uuid, timestamptz, timestamptz, date, bigint);
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.ledger_statement_before_v2(
    uuid, timestamptz, timestamptz, date, bigint, bigint) TO flowcoin_app;
