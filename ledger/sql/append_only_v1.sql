-- Behind the grants: even the owner's UPDATE, DELETE or TRUNCATE is refused.
CREATE FUNCTION public.ledger_append_only_v1() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'FC099';
END
$$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON public.ledger_account
    FOR EACH ROW EXECUTE FUNCTION public.ledger_append_only_v1();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON public.ledger_transaction
    FOR EACH ROW EXECUTE FUNCTION public.ledger_append_only_v1();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON public.ledger_entry
    FOR EACH ROW EXECUTE FUNCTION public.ledger_append_only_v1();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_append_only_v1();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.ledger_transaction
    FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_append_only_v1();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_append_only_v1();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.ledger_balance
    FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_append_only_v1();
CREATE TRIGGER no_delete BEFORE DELETE ON public.ledger_balance
    FOR EACH ROW EXECUTE FUNCTION public.ledger_append_only_v1();
CREATE TRIGGER no_delete BEFORE DELETE ON public.ledger_month
    FOR EACH ROW EXECUTE FUNCTION public.ledger_append_only_v1();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.ledger_month
    FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_append_only_v1();
