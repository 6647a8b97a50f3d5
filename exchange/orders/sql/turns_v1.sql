-- The log says what was asked, and never changes. An event put into it waits, in a table of its
-- own, until the book's writer gives it its turn: a narrow row put beside it, once.
CREATE FUNCTION public.exchange_let_wait_v1() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.exchange_waiting (book_id, event_id) VALUES (NEW.book_id, NEW.id);
    RETURN NULL;
END
$$;
CREATE TRIGGER let_wait AFTER INSERT ON public.exchange_event
    FOR EACH ROW EXECUTE FUNCTION public.exchange_let_wait_v1();

-- Whoever has its turn waits no more. Once a statement, however many turns that gives.
CREATE FUNCTION public.exchange_take_turns_v1() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    v_waited bigint;
BEGIN
    DELETE FROM public.exchange_waiting w USING taken t
    WHERE w.book_id = t.book_id AND w.event_id = t.event_id;
    GET DIAGNOSTICS v_waited = ROW_COUNT;
    IF v_waited <> (SELECT count(*) FROM taken) THEN
        RAISE EXCEPTION 'An event without a place among those that wait in its book has no turn.'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER take_turns AFTER INSERT ON public.exchange_turn
    REFERENCING NEW TABLE AS taken
    FOR EACH STATEMENT EXECUTE FUNCTION public.exchange_take_turns_v1();

-- The events of a book that wait, in their order, but for some. By the key, whatever statistics say:
-- those of a moment when nothing waited would have all that waits sorted for each batch.
CREATE FUNCTION public.exchange_waiting_v1(p_book uuid, p_but bigint[], p_most bigint)
RETURNS SETOF bigint
LANGUAGE sql STABLE ROWS 500
SET enable_sort = off SET enable_seqscan = off SET enable_bitmapscan = off AS $$
    SELECT w.event_id FROM public.exchange_waiting w
    WHERE w.book_id = p_book AND w.event_id <> ALL (p_but)
    ORDER BY w.event_id LIMIT p_most
$$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON public.exchange_event
    FOR EACH ROW EXECUTE FUNCTION public.ledger_append_only_v1();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.exchange_event
    FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_append_only_v1();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON public.exchange_turn
    FOR EACH ROW EXECUTE FUNCTION public.ledger_append_only_v1();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.exchange_turn
    FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_append_only_v1();
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.exchange_waiting_v1(uuid, bigint[], bigint) TO flowcoin_app;
