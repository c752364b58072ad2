import { tellOnPostgres } from "../support/on-postgres.ts"

await tellOnPostgres("host-killed.test.ts")
