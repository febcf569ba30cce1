/** The settings of PostgREST 16: https://docs.postgrest.org/en/v16/references/configuration.html */
const SETTINGS = `
  admin-server-host admin-server-port app.settings.* client-error-verbosity db-aggregates-enabled db-anon-role db-channel
  db-channel-enabled db-config db-extra-search-path db-hoisted-tx-settings db-max-rows db-plan-enabled db-pool
  db-pool-acquisition-timeout db-pool-automatic-recovery db-pool-max-idletime db-pool-max-lifetime db-pre-config db-pre-request
  db-prepared-statements db-root-spec db-schemas db-tx-end db-uri jwt-aud jwt-cache-max-entries jwt-role-claim-key jwt-secret
  jwt-secret-is-base64 log-level log-query openapi-mode openapi-security-active openapi-server-proxy-uri
  server-cors-allowed-origins server-host server-port server-reuseport server-timing-enabled server-trace-header
  server-unix-socket server-unix-socket-mode url-use-legacy-target-names`
  .trim()
  .split(/\s+/)

/** As environment variables: PGRST_DB_URI. */
export const VARIABLES = new Set(SETTINGS.map((name) => `PGRST_${name.toUpperCase().replaceAll('-', '_')}`))

/** Mean every address of the machine; `postgrest --ready` refuses them, because it needs one to connect to. */
export const SPECIAL_HOSTS = ['*', '*4', '!4', '*6', '!6']

/** The metrics of its admin server: https://docs.postgrest.org/en/v16/references/observability.html */
export const METRICS = `
  pgrst_db_pool_available pgrst_db_pool_max pgrst_db_pool_timeouts_total pgrst_db_pool_waiting pgrst_jwt_cache_evictions_total
  pgrst_jwt_cache_hits_total pgrst_jwt_cache_requests_total pgrst_schema_cache_loads_total pgrst_schema_cache_query_time_seconds`
  .trim()
  .split(/\s+/)
