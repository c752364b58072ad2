import { setDefaultTimeout } from "bun:test"

// End-to-end stories start several real OpenCode processes on a machine with two cores.
setDefaultTimeout(180_000)
