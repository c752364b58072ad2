/** Our tables are in a schema of their own, beside whatever else is in the database. */
export const schemaName = "meshfleet"

/** A read that is silent for so long is nobody's any more; until then it keeps nobody from anything. */
const silentReadMs = 60_000

/** What a session is opened with: the address, and what every session of ours needs. */
export const startupOptions = (address: string) => {
  const url = new URL(address)
  const given = url.searchParams.get("options")
  url.searchParams.delete("options")
  // Otherwise the library warns on the terminal that it will read sslmode as libpq does, in a later version.
  if (url.searchParams.has("sslmode") && !url.searchParams.has("uselibpqcompat"))
    url.searchParams.set("uselibpqcompat", "true")
  const ours = `-c search_path=${schemaName} -c idle_in_transaction_session_timeout=${silentReadMs}`
  return {
    connectionString: url.href,
    options: given ? `${given} ${ours}` : ours,
    application_name: "meshfleet",
  }
}
