import { type ChildProcess, spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { join } from "node:path"
import type { SenderReport } from "./sender.ts"

/**
 * Processes of one checkout that send into one inbox, started together. Two clocks: theirs, from the first
 * send to the last, and ours, from the word to begin to the last process that says it has ended.
 */
export const measureSenders = async (
  checkout: string,
  ledger: string,
  members: readonly string[],
  each: number,
) => {
  const children: ChildProcess[] = []
  try {
    const senders = members.map((member) =>
      startSender(join(checkout, "bench/support/sender.ts"), ledger, member, each, children),
    )
    await Promise.all(senders.map((one) => one.ready))
    const began = performance.now()
    for (const one of senders) one.go()
    const reports = await Promise.all(senders.map((one) => one.report))
    const outsideSeconds = (performance.now() - began) / 1000
    const seconds =
      (Math.max(...reports.map((one) => one.endedAt)) -
        Math.min(...reports.map((one) => one.startedAt))) /
      1000
    return {
      perSecond: (members.length * each) / seconds,
      outsidePerSecond: (members.length * each) / outsideSeconds,
      errors: reports.flatMap((one) => one.errors),
      worstMs: Math.max(...reports.map((one) => one.worstMs)),
    }
  } finally {
    for (const child of children) child.kill("SIGKILL")
  }
}

const startSender = (
  script: string,
  path: string,
  member: string,
  count: number,
  children: ChildProcess[],
) => {
  const child = spawn(process.execPath, [script, path, member, "recipient", String(count)], {
    stdio: ["pipe", "pipe", "inherit"],
  })
  children.push(child)
  const ready = Promise.withResolvers<void>()
  const report = Promise.withResolvers<SenderReport>()
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line === "ready") ready.resolve()
    else report.resolve(JSON.parse(line) as SenderReport)
  })
  child.once("exit", (code) => {
    const early = new Error(`${member} ended with code ${code} before it had reported`)
    ready.reject(early)
    report.reject(early)
  })
  report.promise.catch(() => {})
  return { ready: ready.promise, report: report.promise, go: () => child.stdin.end("go\n") }
}
