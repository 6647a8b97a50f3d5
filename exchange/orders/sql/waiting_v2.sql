-- The events of a book that wait, in their order, but for some. As v1, from an id on below which
-- nothing waits or ever will: while a long transaction keeps what was removed from being cleaned
-- away, whoever begins at the book's first event walks through all of that.
CREATE FUNCTION public.exchange_waiting_v2(
    p_book uuid, p_from bigint, p_but bigint[], p_most bigint
) RETURNS SETOF bigint
LANGUAGE sql STABLE ROWS 500
SET enable_sort = off SET enable_seqscan = off SET enable_bitmapscan = off AS $$
    SELECT w.event_id FROM public.exchange_waiting w
    WHERE w.book_id = p_book AND w.event_id >= p_from AND w.event_id <> ALL (p_but)
    ORDER BY w.event_id LIMIT p_most
$$;

-- Whoever puts an event into the log has a transaction id before the event has its own: once all
-- older transactions have ended, no smaller event can appear. Before the statement, for a row's
-- defaults are taken before its triggers.
CREATE FUNCTION public.exchange_begin_event_v1() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_current_xact_id();
    RETURN NULL;
END
$$;
CREATE TRIGGER begin_event BEFORE INSERT ON public.exchange_event
    FOR EACH STATEMENT EXECUTE FUNCTION public.exchange_begin_event_v1();
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.exchange_waiting_v2(uuid, bigint, bigint[], bigint)
    TO flowcoin_app;
