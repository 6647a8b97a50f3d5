-- Make the two roles and the database on a server of your own; running it again changes nothing
-- but the passwords. As a superuser:
--
--   psql -v ON_ERROR_STOP=1 -v database=flowcoin \
--        -v owner_password=... -v application_password=... -f deploy/roles.sql
--
-- The owner migrates and never serves; the application serves and cannot alter a table, post to
-- the ledger except through its functions, or make temporary tables.

SELECT format('CREATE ROLE %I', name)
FROM (VALUES ('flowcoin_owner'), ('flowcoin_app')) AS wanted (name)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

ALTER ROLE flowcoin_owner LOGIN NOSUPERUSER NOCREATEROLE PASSWORD :'owner_password';
ALTER ROLE flowcoin_app LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB PASSWORD :'application_password';

SELECT format('CREATE DATABASE %I OWNER flowcoin_owner ENCODING ''UTF8'' TEMPLATE template0', :'database')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database')
\gexec

REVOKE TEMPORARY ON DATABASE :"database" FROM PUBLIC;
