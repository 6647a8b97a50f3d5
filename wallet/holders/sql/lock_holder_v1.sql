-- Foreign keys to the row stay free, so that telling somebody waits for nobody.
SELECT * FROM wallet_holder WHERE id = %(holder)s FOR NO KEY UPDATE
