-- Whoever has its turn waits no more. Once a statement, however many turns that gives; as before,
-- but that each is found by its key, whatever statistics say. What waits is empty most of the time:
-- with the statistics of that, all that waits was held to each turn of a batch.
CREATE OR REPLACE FUNCTION public.exchange_take_turns_v1() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    v_waited bigint;
BEGIN
    DELETE FROM public.exchange_waiting WHERE ctid = ANY (ARRAY(
        SELECT found.place FROM taken t
        CROSS JOIN LATERAL (
            SELECT w.ctid AS place FROM public.exchange_waiting w
            WHERE w.book_id = t.book_id AND w.event_id = t.event_id OFFSET 0) AS found));
    GET DIAGNOSTICS v_waited = ROW_COUNT;
    IF v_waited <> (SELECT count(*) FROM taken) THEN
        RAISE EXCEPTION 'An event without a place among those that wait in its book has no turn.'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END
$$;
