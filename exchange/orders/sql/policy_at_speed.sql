-- What a policy is at an instant, where a carrier may have its own; as before, but planned once: a
-- function of plain SQL with a limit is planned anew in every call.
CREATE OR REPLACE FUNCTION public.exchange_policy_v1(
    p_key text, p_carrier text, p_now timestamptz
) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT (p.value #>> '{}')::bigint FROM public.wallet_policyrow p
            WHERE p.key = p_key AND p.scope IN ('', p_carrier) AND p.starts_at <= p_now
            ORDER BY p.scope DESC, p.starts_at DESC LIMIT 1);
END
$$;
