-- Behind the grants: not even the owner changes or removes a row of the policy table.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON public.wallet_policyrow
    FOR EACH ROW EXECUTE FUNCTION public.ledger_append_only_v1();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.wallet_policyrow
    FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_append_only_v1();
