-- Looks at personal data are only ever added: by nobody changed, by nobody taken away.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON public.ledger_look
    FOR EACH ROW EXECUTE FUNCTION public.ledger_append_only_v1();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.ledger_look
    FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_append_only_v1();
