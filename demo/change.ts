/** The change the demo's maker is asked for, and where its runs leave their traces. */
export const helperFile = "plugin/mesh/cut-whole.ts"
export const testFile = "test/mesh/cut-whole.test.ts"

/** A line for each passed run of the test; tmp/ is ignored by git. */
export const runLog = "tmp/runs.log"
export const runsWanted = 10
