import { createLedgerStore } from "../../plugin/system/ledger-store.ts"

/** Opens the ledger in MESHFLEET_LEDGER when it is told to: `opener.ts`. */
// What is loaded at first use is loaded before.
if (process.env["MESHFLEET_LEDGER"]!.startsWith("postgres"))
  await import("../../plugin/mesh/ledger/postgres/ledger.ts")
console.log("ready")
process.stdin.once("data", () => void createLedgerStore(process.env["MESHFLEET_LEDGER"]!).open())
process.stdin.once("close", () => process.exit(0))
