export type { Ledger } from "./port.ts"
export { openSqliteLedger as openLedger } from "./sqlite/sqlite-ledger.ts"
