-- As before, in an order that the index has when read backwards: what sorted seven rows is left out.
CREATE OR REPLACE FUNCTION public.wallet_policies_v1(
    p_keys text[], p_scopes text[], p_now timestamptz
) RETURNS TABLE (key text, value jsonb)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT DISTINCT ON (r.key) r.key, r.value FROM public.wallet_policyrow r
    WHERE r.key = ANY (p_keys) AND r.scope = ANY (p_scopes) AND r.starts_at <= p_now
    ORDER BY r.key DESC, r.scope DESC, r.starts_at DESC
$$;
