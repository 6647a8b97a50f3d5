-- A key's first request, in one statement; no row where the key has one already.
INSERT INTO public.wallet_apirequest (holder_id, key, fingerprint, method, path, asked_at)
VALUES (%(holder)s, %(key)s, %(fingerprint)s, %(method)s, %(path)s, %(asked_at)s)
ON CONFLICT (holder_id, key) DO NOTHING
RETURNING id
