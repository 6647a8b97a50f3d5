-- What happened to numbers, holders and members is only ever added: behind the grants, even the
-- owner's UPDATE, DELETE or TRUNCATE is refused.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON public.wallet_numberevent
    FOR EACH ROW EXECUTE FUNCTION public.ledger_append_only_v1();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.wallet_numberevent
    FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_append_only_v1();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON public.wallet_holderevent
    FOR EACH ROW EXECUTE FUNCTION public.ledger_append_only_v1();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.wallet_holderevent
    FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_append_only_v1();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON public.wallet_memberevent
    FOR EACH ROW EXECUTE FUNCTION public.ledger_append_only_v1();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.wallet_memberevent
    FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_append_only_v1();
