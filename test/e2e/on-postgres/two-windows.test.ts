import { tellOnPostgres } from "../support/on-postgres.ts"

await tellOnPostgres("two-windows.test.ts")
