-- Open a month: its row, its partition and the partition's guard. Asked again, nothing changes.
CREATE FUNCTION public.ledger_open_month_v1(p_month date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_partition text := 'ledger_entry_' || to_char(p_month, 'YYYY_MM');
BEGIN
    INSERT INTO public.ledger_month (month) VALUES (p_month) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE public.%I PARTITION OF public.ledger_entry FOR VALUES IN (%L)',
                   v_partition, p_month);
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.%I '
                   'FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_append_only_v1()', v_partition);
    RETURN true;
END
$$;

-- Set a month closing. Months close in order, never before 00:10 (Asia/Shanghai) of the next one,
-- and only while the next one is open to take what moves meanwhile.
CREATE FUNCTION public.ledger_begin_closing_v1(p_month date, p_at timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_state text;
BEGIN
    SELECT state INTO v_state FROM public.ledger_month WHERE month = p_month FOR UPDATE;
    IF v_state IS NULL THEN
        RAISE EXCEPTION 'The month % is not open.', to_char(p_month, 'YYYY-MM')
            USING ERRCODE = 'FC006';
    ELSIF v_state <> 'open' THEN
        RETURN v_state;
    END IF;
    IF p_at < ((p_month + interval '1 month') + interval '10 minutes') AT TIME ZONE 'Asia/Shanghai' THEN
        RAISE EXCEPTION 'The month % may close from 00:10 on the first of the next.',
            to_char(p_month, 'YYYY-MM') USING ERRCODE = 'FC012';
    END IF;
    IF EXISTS (SELECT FROM public.ledger_month WHERE month < p_month AND state <> 'closed') THEN
        RAISE EXCEPTION 'An earlier month than % is not closed.', to_char(p_month, 'YYYY-MM')
            USING ERRCODE = 'FC012';
    END IF;
    IF NOT EXISTS (SELECT FROM public.ledger_month
                   WHERE month = (p_month + interval '1 month')::date AND state = 'open') THEN
        RAISE EXCEPTION 'The month after % is not open.', to_char(p_month, 'YYYY-MM')
            USING ERRCODE = 'FC006';
    END IF;
    UPDATE public.ledger_month SET state = 'closing', closing_at = p_at WHERE month = p_month;
    RETURN 'closing';
END
$$;

-- Close a closing month over its digest. Asked again with the same digest, nothing changes.
CREATE FUNCTION public.ledger_close_month_v1(p_month date, p_at timestamptz, p_digest bytea)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_row public.ledger_month;
BEGIN
    SELECT * INTO v_row FROM public.ledger_month WHERE month = p_month FOR UPDATE;
    IF v_row.state = 'closed' AND v_row.digest = p_digest THEN
        RETURN;
    ELSIF v_row.state IS DISTINCT FROM 'closing' THEN
        RAISE EXCEPTION 'The month % is not closing.', to_char(p_month, 'YYYY-MM')
            USING ERRCODE = 'FC012';
    END IF;
    UPDATE public.ledger_month SET state = 'closed', closed_at = p_at, digest = p_digest
    WHERE month = p_month;
END
$$;
