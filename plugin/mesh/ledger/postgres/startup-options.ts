/** Our tables are in a schema of their own, beside whatever else is in the database. */
export const schemaName = "meshfleet"

/**
 * A transaction of ours waits for nothing but its own statements. One that is silent for this long is
 * in a process that was stopped or cut off, and would keep everybody else from writing.
 */
const silentTransactionMs = 5000

/** What a session is opened with: the address, and what every session of ours needs. */
export const startupOptions = (address: string) => {
  const url = new URL(address)
  const given = url.searchParams.get("options")
  url.searchParams.delete("options")
  // Otherwise the library warns on the terminal that it will read sslmode as libpq does, in a later version.
  if (url.searchParams.has("sslmode") && !url.searchParams.has("uselibpqcompat"))
    url.searchParams.set("uselibpqcompat", "true")
  const ours = `-c search_path=${schemaName} -c idle_in_transaction_session_timeout=${silentTransactionMs}`
  return {
    connectionString: url.href,
    options: given ? `${given} ${ours}` : ours,
    application_name: "meshfleet",
  }
}
