-- The three roles of Regulars and its database. Safe to run again.
-- By hand, as a superuser of your own PostgreSQL 15 or newer (the passwords come from the environment, where `ps` does
-- not show them; a role whose variable is not set keeps the password it has, or none):
--   OWNER_PASSWORD=… APP_PASSWORD=… MAINTENANCE_PASSWORD=… psql -f app/embedded/roles.sql
-- regulars_owner        owns the schema, runs migrations
-- regulars_app          serves people: no DDL, bound by row-level security
-- regulars_maintenance  reads across businesses for verify and backup
\set ON_ERROR_STOP on
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD
\getenv maintenance_password MAINTENANCE_PASSWORD
\if :{?database}
\else
  \set database regulars
\endif

SELECT format('CREATE ROLE %I', name)
  FROM unnest(ARRAY['regulars_owner', 'regulars_app', 'regulars_maintenance']) AS name
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

ALTER ROLE regulars_owner       LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS;
ALTER ROLE regulars_app         LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS;
ALTER ROLE regulars_maintenance LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION BYPASSRLS;
\if :{?owner_password}
  ALTER ROLE regulars_owner PASSWORD :'owner_password';
\endif
\if :{?app_password}
  ALTER ROLE regulars_app PASSWORD :'app_password';
\endif
\if :{?maintenance_password}
  ALTER ROLE regulars_maintenance PASSWORD :'maintenance_password';
\endif

SELECT format('CREATE DATABASE %I OWNER regulars_owner', :'database')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec

\connect :database
ALTER SCHEMA public OWNER TO regulars_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO regulars_app, regulars_maintenance;
ALTER DEFAULT PRIVILEGES FOR ROLE regulars_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO regulars_app;
ALTER DEFAULT PRIVILEGES FOR ROLE regulars_owner IN SCHEMA public
  GRANT USAGE, SELECT ON SEQUENCES TO regulars_app;
ALTER DEFAULT PRIVILEGES FOR ROLE regulars_owner IN SCHEMA public
  GRANT SELECT ON TABLES TO regulars_maintenance;
ALTER DEFAULT PRIVILEGES FOR ROLE regulars_owner IN SCHEMA public
  GRANT SELECT ON SEQUENCES TO regulars_maintenance;
