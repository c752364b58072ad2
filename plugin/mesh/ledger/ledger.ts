export type { Ledger, LedgerOptions } from "./port.ts"
export { openSqliteLedger as openLedger } from "./sqlite/sqlite-ledger.ts"
