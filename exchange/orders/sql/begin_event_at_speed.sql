-- As before, and not asked where the transaction has its id: whoever accepts an order holds its owner.
DROP TRIGGER begin_event ON public.exchange_event;
CREATE TRIGGER begin_event BEFORE INSERT ON public.exchange_event
    FOR EACH STATEMENT WHEN (pg_current_xact_id_if_assigned() IS NULL)
    EXECUTE FUNCTION public.exchange_begin_event_v1();
