-- Foreign keys to the row stay free, so that telling somebody waits for nobody. Whether the service
-- is ending is read beside it: every choice of a holder's is made under this lock.
SELECT h.*, EXISTS (SELECT FROM wallet_winddown WHERE begun_at IS NOT NULL) AS is_winding_down
FROM wallet_holder h WHERE h.id = %(holder)s FOR NO KEY UPDATE OF h
