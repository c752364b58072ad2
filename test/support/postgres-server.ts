import { spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import {
  accessSync,
  chownSync,
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { freePort } from "../../plugin/opencode/api/free-port.ts"
import { output, run } from "./run.ts"

/** A server on a free port of loopback, with a random password, that ends with its starter. */
export interface PostgresServer {
  /** Of its first database, with the password. */
  address: string
  pid(): number
  /** Ends all of its processes with kill -9; its data stays. */
  kill(): Promise<void>
  /** Starts it again, on the same port. */
  start(): Promise<void>
  /** Ends it and removes its data. */
  end(): Promise<void>
}

/** Debian's package keeps the server out of the PATH; others put it there. */
export const postgresBinaries = (): string | undefined => {
  const packages = "/usr/lib/postgresql"
  const packaged = foldersIn(packages)
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => join(packages, version, "bin"))
  return [...packaged, ...(process.env["PATH"] ?? "").split(":")].find((folder) =>
    ["initdb", "postgres"].every((name) => isProgram(join(folder, name))),
  )
}

const foldersIn = (path: string) => {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

const isProgram = (path: string) => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * Starts a server whose files are in a new folder. `starter` is the process it depends on: once that
 * is gone, however it went, the server ends and the folder is removed.
 */
export const startPostgres = async (
  folder: string,
  starter = process.pid,
  more: Readonly<Record<string, string>> = {},
) => {
  const binaries = postgresBinaries()
  if (!binaries) throw new Error("no initdb and postgres were found")
  const user = await ordinaryUser()
  const asUser = user
    ? ["setpriv", `--reuid=${user.uid}`, `--regid=${user.gid}`, "--clear-groups"]
    : ["env"]
  const data = join(folder, "data")
  const password = randomBytes(12).toString("hex")
  const passwordFile = join(folder, "password")
  mkdirSync(data, { recursive: true, mode: 0o700 })
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (user) for (const path of [folder, data, passwordFile]) chownSync(path, user.uid, user.gid)

  const [program, ...args] = [
    ...[...asUser, join(binaries, "initdb"), "--pgdata", data, "--no-sync"],
    ...["--username", "mesh", "--pwfile", passwordFile, "--auth", "scram-sha-256"],
    ...["--encoding", "UTF8", "--locale", "C"],
  ] as [string, ...string[]]
  try {
    await output(program, args, { cwd: folder })
  } finally {
    rmSync(passwordFile)
  }

  const port = await freePort()
  const command = [...asUser, join(binaries, "postgres"), "-D", data, ...settings(port, more)]
  let running = await startIn(folder, starter, command)
  return {
    address: `postgres://mesh:${password}@127.0.0.1:${port}/postgres`,
    pid: () => running.pid,
    kill: () => running.end("SIGKILL"),
    async start() {
      running = await startIn(folder, starter, command)
    },
    async end() {
      await running.end()
      rmSync(folder, { recursive: true, force: true })
    },
  } satisfies PostgresServer
}

/** What is killed may have written half a page. */
export const survivesKill = { full_page_writes: "on" }

/** Postgres refuses to run as root; an account that is there anyway will do. */
const ordinaryUser = async () => {
  if (process.getuid?.() !== 0) return undefined
  for (const name of ["postgres", "nobody"]) {
    const id = async (flag: string) => (await run("id", [flag, name])).stdout.trim()
    const [uid, gid] = [await id("-u"), await id("-g")]
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new Error("it does not run as root, and there is no account postgres or nobody")
}

/** What most tests write need not survive anything. */
const hasty = { fsync: "off", full_page_writes: "off" }

const settings = (port: number, more: Readonly<Record<string, string>>) =>
  Object.entries({
    listen_addresses: "127.0.0.1",
    port,
    unix_socket_directories: "",
    max_connections: 200,
    shared_buffers: "32MB",
    ...hasty,
    ...more,
  }).flatMap(([name, value]) => ["-c", `${name}=${value}`])

// In a session of its own, so that Ctrl-C in a terminal ends the starter and not this shell; and one
// process further down, since what a worker of `bun test` has started is killed when that worker ends.
const guard = `
starter=$1 folder=$2; shift 2
(
"$@" & server=$!
echo $server
while kill -0 $starter && kill -0 $server; do sleep 0.3; done 2>/dev/null
kill -0 $starter 2>/dev/null && exit
kill -QUIT $server 2>/dev/null
wait $server
# The last of its processes may still be writing.
for try in 1 2 3 4 5 6; do rm -rf "$folder" 2>/dev/null && break; sleep 0.5; done
) &
`

const startIn = async (folder: string, starter: number, command: readonly string[]) => {
  const logFile = join(folder, "log")
  const log = openSync(logFile, "w")
  const shell = spawn("sh", ["-c", guard, "guard", String(starter), folder, ...command], {
    cwd: folder,
    detached: true,
    stdio: ["ignore", "pipe", log],
  })
  closeSync(log)
  const pid = await new Promise<number>((resolve, reject) => {
    shell.once("error", reject)
    shell.stdout!.once("data", (text) => resolve(Number(String(text))))
  })
  shell.stdout!.destroy()
  shell.unref()
  const giveUpAt = Date.now() + 60_000
  while (!readFileSync(logFile, "utf8").includes("ready to accept connections")) {
    if (!isThere(pid) || Date.now() > giveUpAt)
      throw new Error(`the server did not start: ${readFileSync(logFile, "utf8").trim()}`)
    await moment()
  }
  return {
    pid,
    async end(how: "SIGQUIT" | "SIGKILL" = "SIGQUIT") {
      if (!isThere(pid)) return
      if (how === "SIGKILL") await killAll(pid)
      else process.kill(pid, how)
      while (isThere(pid)) await moment()
    },
  }
}

/** One that outlives its parent keeps the next server from starting, so none is left out. */
const killAll = async (pid: number) => {
  // While it stands still it makes no more of them.
  process.kill(pid, "SIGSTOP")
  const listed = await output("ps", ["-A", "-o", "pid=,ppid="])
  const children = listed
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([child, parent]) => (parent === pid ? [child!] : []))
  for (const each of [pid, ...children])
    try {
      process.kill(each, "SIGKILL")
    } catch {
      // It has just ended.
    }
  while (children.some(isThere)) await moment()
}

const isThere = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const moment = () => new Promise((resolve) => setTimeout(resolve, 20))
