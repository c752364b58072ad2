import { tellOnPostgres } from "../support/on-postgres.ts"

// A few of its stories: some thousand calls.
await tellOnPostgres("../tools/contract.test.ts", { MESHFLEET_TEST_EFFORT: "0.05" })
