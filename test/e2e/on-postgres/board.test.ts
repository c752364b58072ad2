import { tellOnPostgres } from "../support/on-postgres.ts"

await tellOnPostgres("../mesh/tasks/tasks.test.ts")
await tellOnPostgres("../chaos/board/prove.test.ts")
