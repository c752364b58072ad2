import { existsSync } from "node:fs"
import { delimiter, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { ensureBinaries } from "./binaries.mjs"
import { build, ensureBundle } from "./bundle.mjs"
import { runChild } from "./child.mjs"
import { ensureDependencies } from "./dependencies.mjs"
import { withLock } from "./lock.mjs"

/**
 * Runs a task of this repository: `node scripts/run.mjs <task> [arguments]`. Needs nothing but
 * Node 20 and npm, so every task works as the first command in a fresh clone.
 */
const root = join(dirname(fileURLToPath(import.meta.url)), "..")

const bun = (...args) => ({ program: "bun", args, bundle: true })
const node = (...args) => ({ program: process.execPath, args, bundle: true })
/** Looks only at sources, so it needs no bundle. */
const look = (program, ...args) => ({ program: join(root, "node_modules/.bin", program), args })

const checks = {
  "check:types": look("tsc", "--noEmit"),
  // What runs in a browser has other types around it.
  "check:types-page": look("tsc", "--noEmit", "-p", "plugin/web/page"),
  "check:types-browser": look("tsc", "--noEmit", "-p", "test/browser"),
  "check:lint": look("oxlint", "--type-aware", "--deny-warnings"),
  "check:format": look("oxfmt", "--check"),
  "check:unused": look("knip"),
}

const tasks = {
  // A limit set in a preload holds for the first file only. Stories wait as much as they work, so
  // three at a time keep two cores busy. Those that are told once more on Postgres have a task of
  // their own: whoever works on something else need not wait for them.
  test: bun(
    "test",
    "--timeout",
    "180000",
    "--parallel=3",
    "--path-ignore-patterns=**/on-postgres/**",
    "--path-ignore-patterns=**/test/package/**",
    "--path-ignore-patterns=**/under-tmux/**",
    "--path-ignore-patterns=**/browser/**",
    "--path-ignore-patterns=**/e2e/tui/**",
    "--path-ignore-patterns=**/e2e/stories/**",
    "--path-ignore-patterns=**/e2e/long/**",
    "--path-ignore-patterns=**/e2e/cookbook/**",
  ),
  // Stories of the real OpenCode that would take `npm test` beyond six minutes. A limit ends what hangs,
  // and is no measure: on a busy machine a story takes four times as long.
  "test:stories": bun("test", "--timeout", "300000", "--parallel=3", "test/e2e/stories"),
  // Stories of minutes: eight worktrees of this repository and their merge, kills at every step, and more.
  "test:long": bun("test", "--timeout", "300000", "test/e2e/long"),
  // The examples of docs/patterns.md and docs/cookbook.md, as they stand there. Each is a fleet that
  // starts a process and has up to a hundred model steps: minutes on a machine that is very busy.
  "test:cookbook": bun("test", "--timeout", "420000", "--parallel=3", "test/e2e/cookbook"),
  "test:postgres": bun("test", "--timeout", "420000", "--parallel=3", "test/e2e/on-postgres"),
  // The package as npm and OpenCode install it, from a registry of the tests' own on loopback.
  "test:package": bun("test", "--timeout", "180000", "--parallel=2", "test/package"),
  // A newcomer's first minutes, by the README's commands alone; MESHFLEET_TEST_TRIES=5 tries five times.
  "first-run": bun("test", "--timeout", "300000", "test/package/first-run.test.ts"),
  // Needs tmux, which is no package of npm, and looks at the screens themselves.
  "test:terminal": { ...bun("test", "--timeout", "30000", "test/under-tmux"), bundle: false },
  "test:tui": bun("test", "--timeout", "180000", "test/e2e/tui"),
  // With the system's Chromium, which not every machine has.
  "test:browser": bun("test", "--timeout", "60000", "test/browser"),
  pictures: { ...bun("scripts/pictures.ts"), bundle: false },
  demo: bun("demo/main.ts"),
  meshfleet: node("bin/meshfleet.mjs"),
  bench: bun("bench/main.ts"),
  chaos: bun("chaos/main.ts"),
  "ledger-proof": { ...bun("chaos/ledger/main.ts"), bundle: false },
  "board-proof": { ...bun("chaos/board/main.ts"), bundle: false },
  soak: bun("chaos/soak.ts"),
  scale: bun("chaos/scale.ts"),
  "eval:routing": bun("scripts/eval-routing.ts"),
  "lint:agents": { ...bun("scripts/lint-agents.ts"), bundle: false },
  smoke: bun("scripts/smoke.ts"),
  "check:package": bun("scripts/check-package.ts"),
  ...checks,
  fmt: look("oxfmt"),
}

const main = async ([name, ...args]) => {
  const isKnown = name === "build" || name === "check" || Object.hasOwn(tasks, name ?? "")
  if (!isKnown) {
    const known = ["build", "check", ...Object.keys(tasks)].join(", ")
    console.error(`${name ? `There is no task "${name}".` : "Which task?"} There are: ${known}`)
    return 2
  }
  const binaries = await withLock(root, async () => {
    await ensureDependencies(root)
    const found = ensureBinaries(root)
    if (name === "build") await build(root, found.bun)
    else if (tasks[name]?.bundle) await ensureBundle(root, found.bun)
    return found
  })
  if (name === "build") return 0
  if (name === "check") return runAll(Object.entries(checks))
  return run(tasks[name], args, binaries)
}

/** All of them, since whoever mends one thing wants to know the next. */
const runAll = async (all) => {
  const codes = {}
  for (const [name, task] of all) {
    console.log(`\n> ${name}`)
    codes[name] = await run(task, [])
  }
  const failed = Object.keys(codes).filter((name) => codes[name] !== 0)
  console.log(failed.length > 0 ? `\nFailed: ${failed.join(", ")}` : "\nAll checks passed.")
  return failed.length > 0 ? 1 : 0
}

/** Tests, demo and measurements talk to servers of their own on loopback. */
const pastProxies = (env) => {
  const value = [env.no_proxy || env.NO_PROXY, "127.0.0.1", "localhost"].filter(Boolean).join(",")
  return { NO_PROXY: value, no_proxy: value }
}

const run = async ({ program, args }, more, binaries) => {
  const script = args.find((each) => /\.m?[jt]s$/.test(each))
  if (script && !existsSync(join(root, script))) {
    console.error(`This checkout has no ${script}.`)
    return 2
  }
  const path = `${join(root, "node_modules/.bin")}${delimiter}${process.env.PATH}`
  const { code } = await runChild(program === "bun" ? binaries.bun : program, [...args, ...more], {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32" && program.includes(".bin"),
    env: { ...process.env, ...pastProxies(process.env), PATH: path },
  })
  return code
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error) => {
    console.error(error.message)
    process.exit(error.exitCode ?? 1)
  },
)
