import { isInsideAgent } from "../system/inside-agent.ts"
import { isAttended, isInsideOpenCode } from "../system/inside-opencode.ts"
import { runCli } from "./cli.ts"
import { createProcessTerminal } from "./terminal/process-terminal.ts"

const terminal = createProcessTerminal()
const code = await runCli(process.argv.slice(2), {
  terminal,
  env: { ...process.env },
  directory: process.cwd(),
  isInsideAgent,
  isInsideOpenCode,
  isAttended,
})
await terminal.flush()
// Timers of libraries and half-open sockets would keep us for a while.
process.exit(code)
