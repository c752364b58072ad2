#!/usr/bin/env node
import { spawn } from "node:child_process"
import { existsSync, realpathSync } from "node:fs"
import { constants as osConstants } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { findProgram } from "./find-program.mjs"

/**
 * Starts the command line with whatever this machine has: Bun, else a Node with a SQLite of its own,
 * else OpenCode, which is a Bun inside. Plain JavaScript for Node 20 and later.
 */
const root = dirname(dirname(realpathSync(fileURLToPath(import.meta.url))))
const source = join(root, "plugin", "cli", "main.ts")
const bundle = join(root, "dist", "meshfleet-cli.js")
const args = process.argv.slice(2)

/** npm runs scripts in the package's own folder; whoever typed the command was somewhere else. */
const directory = () => {
  const { INIT_CWD: from, npm_lifecycle_event: script } = process.env
  const isOurScript = script === "meshfleet" && realpathSync(process.cwd()) === root
  return isOurScript && from && existsSync(from) ? from : process.cwd()
}

const find = (name) => findProgram(name, { from: root, env: process.env })

const hasSqlite = () => {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
  return major > 22 || (major === 22 && minor >= 13)
}

/** A checkout's sources, which need a Bun and their dependencies; a package has only the bundle. */
const hasSource = existsSync(source) && existsSync(join(root, "node_modules", "zod"))
const forBun = hasSource ? source : bundle

const runIn = (program, env) => {
  let child
  // Before the child is there: a signal in between would end this process and leave the child alone.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal))
  child = spawn(program, [forBun, ...args], {
    cwd: directory(),
    stdio: "inherit",
    env: { ...process.env, ...env, PWD: directory() },
  })
  child.once("error", (error) => giveUp(`${program} cannot be started: ${error.message}`))
  child.once("exit", (code, signal) => {
    process.exitCode = code ?? 128 + (osConstants.signals[signal] ?? 0)
  })
}

const runHere = async () => {
  // In Node 22 SQLite still warns that it is new, on every start.
  const warn = process.emitWarning
  process.emitWarning = (warning, ...rest) =>
    String(warning).startsWith("SQLite") ? undefined : warn.call(process, warning, ...rest)
  process.chdir(directory())
  await import(pathToFileURL(bundle).href)
}

const giveUp = (detail) => {
  console.error(
    `${detail}\nNext: Install Bun, or Node 22.13 or later, or OpenCode, and call again.`,
  )
  process.exitCode = 1
}

const main = async () => {
  if (!existsSync(forBun)) {
    console.error(`There is no ${bundle}.\nNext: Run npm run build in ${root}.`)
    process.exitCode = 1
    return undefined
  }
  if (process.versions.bun) {
    process.chdir(directory())
    return import(pathToFileURL(forBun).href)
  }
  const bun = find("bun")
  if (bun) return runIn(bun, {})
  if (hasSqlite() && existsSync(bundle)) return runHere()
  const opencode = process.env.MESHFLEET_OPENCODE || find("opencode")
  if (opencode) return runIn(opencode, { BUN_BE_BUN: "1" })
  giveUp(`Node ${process.versions.node} has no SQLite, and neither Bun nor OpenCode was found.`)
}

await main()
