-- The public keys that sign heads, each from a size of the tree on; nothing here ever changes.
-- A key that follows another is named in a statement signed by both: whoever trusts either one
-- can follow to the other, and none can be put in the place of an earlier one.
CREATE TABLE public.ledger_seal_key (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_key bytea NOT NULL UNIQUE,
    from_size bigint NOT NULL,
    from_at timestamptz NOT NULL,
    signature bytea,
    previous_signature bytea,
    CONSTRAINT ledger_seal_key_length CHECK (octet_length(public_key) = 32),
    CONSTRAINT ledger_seal_key_signature CHECK (octet_length(signature) = 64),
    CONSTRAINT ledger_seal_key_previous_signature CHECK (octet_length(previous_signature) = 64)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON public.ledger_seal_key
    FOR EACH ROW EXECUTE FUNCTION public.ledger_append_only_v1();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.ledger_seal_key
    FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_append_only_v1();
-- Where heads were signed before keys were kept, the first of them tells the first key.
INSERT INTO public.ledger_seal_key (public_key, from_size, from_at)
SELECT public_key, 0, at FROM public.ledger_seal_head ORDER BY id LIMIT 1;

-- Keep a key: the first by whoever seals first, every later one by the owner alone.
CREATE FUNCTION public.ledger_seal_first_key_v1(p_public_key bytea, p_at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM public.ledger_seal_state FOR UPDATE;
    INSERT INTO public.ledger_seal_key (public_key, from_size, from_at)
    SELECT p_public_key, 0, p_at WHERE NOT EXISTS (SELECT FROM public.ledger_seal_key);
END
$$;
CREATE FUNCTION public.ledger_seal_next_key_v1(
    p_public_key bytea, p_size bigint, p_at timestamptz, p_signature bytea,
    p_previous_signature bytea
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM public.ledger_seal_state FOR UPDATE;
    IF p_size < (SELECT coalesce(max(size), 0) FROM public.ledger_seal_head)
       OR p_size > (SELECT size FROM public.ledger_seal_state) THEN
        RAISE EXCEPTION 'A head was signed meanwhile; change the key again.' USING ERRCODE = 'FC015';
    END IF;
    INSERT INTO public.ledger_seal_key
        (public_key, from_size, from_at, signature, previous_signature)
    VALUES (p_public_key, p_size, p_at, p_signature, p_previous_signature);
END
$$;

-- Keep a signed head, as v1 does; only the key of now may sign it.
CREATE FUNCTION public.ledger_seal_head_v2(
    p_size bigint, p_month date, p_at timestamptz, p_public_key bytea, p_signature bytea
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM public.ledger_seal_state FOR UPDATE;
    IF p_public_key IS DISTINCT FROM
       (SELECT public_key FROM public.ledger_seal_key ORDER BY id DESC LIMIT 1) THEN
        RAISE EXCEPTION 'SEAL_KEY is not the key of the seals: run ledger_seal_key, or restart.'
            USING ERRCODE = 'FC016';
    END IF;
    PERFORM public.ledger_seal_head_v1(p_size, p_month, p_at, p_public_key, p_signature);
END
$$;

REVOKE EXECUTE ON FUNCTION
    public.ledger_seal_first_key_v1(bytea, timestamptz),
    public.ledger_seal_next_key_v1(bytea, bigint, timestamptz, bytea, bytea),
    public.ledger_seal_head_v2(bigint, date, timestamptz, bytea, bytea) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION public.ledger_seal_head_v1(bigint, date, timestamptz, bytea, bytea)
    FROM flowcoin_app;
GRANT EXECUTE ON FUNCTION
    public.ledger_seal_first_key_v1(bytea, timestamptz),
    public.ledger_seal_head_v2(bigint, date, timestamptz, bytea, bytea) TO flowcoin_app;
GRANT SELECT ON public.ledger_seal_key TO flowcoin_app;
