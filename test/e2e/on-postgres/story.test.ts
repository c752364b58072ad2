import { tellOnPostgres } from "../support/on-postgres.ts"

await tellOnPostgres("story.test.ts")
