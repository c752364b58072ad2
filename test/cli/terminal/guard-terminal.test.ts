import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { commands } from "../../../plugin/cli/registry.ts"
import { beginCoolDown } from "../../../plugin/mesh/lifecycle/cool-down.ts"
import { insertRatification } from "../../../plugin/mesh/ledger/tables/councils/ratifications.ts"
import { receiveAsk } from "../../../plugin/mesh/questions/asking.ts"
import { insertTemplate } from "../../../plugin/mesh/ledger/tables/templates.ts"
import { addToBoard } from "../../../plugin/mesh/tasks/add.ts"
import { insertGrant } from "../../../plugin/mesh/ledger/tables/grants.ts"
import { askPermission, askQuestion } from "../../mesh/support/asked.ts"
import { createOwnHosts } from "../support/own-hosts.ts"
import { createShell, type Shell } from "../support/shell.ts"

/** Colours, moves, titles, the clipboard, C1, an overlong line, and what turns the reading direction. */
const hostile =
  "evil\u001b[31m\u001b[2J\u001b]0;title\u0007\u001b]52;c;ZXZpbA==\u0007\r\b\u007f\u009b1A\u009d0;x\u009c\u202eback\u2066"
/** Said by their numbers, apart from what the program goes by. */
const steering = (text: string) =>
  [...text].find((character) => {
    const code = character.codePointAt(0)!
    return (
      (code < 0x20 && character !== "\n" && character !== "\t") ||
      (code >= 0x7f && code <= 0x9f) ||
      (code >= 0x202a && code <= 0x202e) ||
      (code >= 0x2066 && code <= 0x2069)
    )
  })
let shell: Shell
let asks: string[]

beforeAll(async () => {
  shell = await createShell()
  const { ledger } = shell
  await shell.given("flt_1", ["mapper", "writer"], { name: hostile })
  await shell.given("flt_2", ["old"], { name: hostile, status: "failed", ended_at: Date.now() })
  await ledger.transact(async (tx) => {
    await tx.run("UPDATE agents SET name = name || ?, role = ?", hostile, hostile)
  })
  await shell.set("mapper-1", {
    status: "running",
    host_id: "hst_1",
    activity: hostile,
    last_tool: hostile,
  })
  await shell.set("old-2", {
    status: "failed",
    attempts: 1,
    error_code: hostile as never,
    error_detail: hostile,
    output: hostile,
  })
  await shell.mail("msg_1", "flt_1", "mapper-1", "writer-1", `${hostile}\n${hostile}`)
  await ledger.transact(async (tx) => {
    await tx.run("UPDATE messages SET correlation_id = ?, type = ?", hostile, hostile)
    const titled = [{ title: hostile, description: hostile }]
    await addToBoard(tx, "flt_1", titled, { name: hostile, agentId: null })
    await insertRatification(tx, {
      message_id: "msg_1",
      fleet_id: "flt_1",
      subject: hostile,
      quorum: 2,
      voters: JSON.stringify([{ voter: "human", weight: 2, signoff: true }]),
      silence_policy: "abstain",
      deadline_at: null,
    })
    const agent = { role: hostile, prompt: `${hostile}\n${hostile}`, model: hostile }
    for (const name of ["evil", hostile])
      await insertTemplate(tx, {
        project: shell.project,
        name,
        version: 1,
        description: hostile,
        agents: JSON.stringify([{ ...agent, name: hostile, skills: [hostile] }]),
      })
    await beginCoolDown(
      tx,
      { provider: `fake${hostile}`, until: Date.now() + 60_000, reason: hostile },
      Infinity,
    )
    await beginCoolDown(tx, { provider: "fake", until: Date.now() + 60_000, reason: hostile }, 1e9)
    await tx.run(
      "INSERT INTO events (at, type, fleet_id, agent_id, data) VALUES (1, ?, 'flt_1', 'mapper-1', ?)",
      hostile,
      JSON.stringify({ reason: hostile, [hostile]: { deep: hostile } }),
    )
  })
  shell.clock.at = Date.now()
  asks = []
  for (const asked of [
    askPermission("per_1", {
      permission: hostile,
      patterns: [hostile],
      always: [hostile],
      metadata: { [hostile]: hostile, diff: `${hostile}\n${hostile}` },
    }),
    askQuestion("que_1", [
      {
        question: hostile,
        header: hostile,
        options: [{ label: `${hostile}1`, description: hostile }],
      },
    ]),
  ]) {
    const received = await ledger.transact((tx) =>
      receiveAsk(tx, { agentId: "mapper-1", hostId: "hst_1", deadlineMs: 900_000 }, asked),
    )
    asks.push((received as { waits: string }).waits)
  }
  await ledger.transact((tx) =>
    insertGrant(tx, {
      id: "grt_1",
      project: shell.project,
      fleet_id: null,
      permission: hostile,
      pattern: hostile,
      exact: 0,
      question_id: asks[0]!,
      granted_at: tx.at,
    }),
  )
  mkdirSync(join(shell.folder, "agents"))
  writeFileSync(
    join(shell.folder, "agents", "evil-one.md"),
    `---\nname: Evil\ndescription: ${JSON.stringify(`Use for evil. ${hostile}`)}\n---\n\nBe ${hostile}\n`,
  )
})
afterAll(() => shell.end())

/** The command lines of each command, those that change something last; `shows` agents' text or not. */
const lines: Record<string, { shows: boolean; argv: () => string[][] }> = {
  status: { shows: true, argv: () => [["status"], ["status", "flt_1"], ["status", "flt_2"]] },
  watch: { shows: true, argv: () => [["watch", "flt_2"]] },
  fleet: {
    shows: true,
    argv: () => [
      ["fleet", "flt_1"],
      ["fleet", "flt_2"],
      ["fleet", hostile],
    ],
  },
  logs: {
    shows: true,
    argv: () => [
      ["logs", "mapper-1"],
      ["logs", "old-2"],
      ["logs", hostile],
    ],
  },
  timeline: {
    shows: true,
    argv: () => [
      ["timeline", "flt_1"],
      ["timeline", hostile],
    ],
  },
  results: {
    shows: true,
    argv: () => [
      ["results", "flt_1"],
      ["results", "flt_2"],
      ["results", "flt_1", `no ${hostile}`],
    ],
  },
  attach: {
    shows: true,
    argv: () => [
      ["attach", "mapper-1"],
      ["attach", hostile],
    ],
  },
  inbox: {
    shows: true,
    argv: () => [
      ["inbox", "writer-1"],
      ["inbox", hostile],
    ],
  },
  events: { shows: true, argv: () => [["events"], ["events", "flt_1"]] },
  // One that is there is served until Ctrl-C.
  stream: { shows: true, argv: () => [["stream", hostile]] },
  // Its page has tests of its own.
  dashboard: { shows: true, argv: () => [["dashboard", "--port", hostile]] },
  questions: { shows: true, argv: () => [["questions"]] },
  answer: {
    shows: true,
    argv: () => [
      ["answer", asks[0]!, hostile],
      ["answer", asks[1]!, hostile],
      ["answer", asks[0]!, "always"],
      ["answer", asks[1]!, "1"],
      ["answer", asks[1]!, "1"],
    ],
  },
  grants: { shows: true, argv: () => [["grants"], ["grants", "--revoke", "grt_1"]] },
  vote: {
    shows: true,
    argv: () => [
      ["vote"],
      ["vote", "msg_1", hostile],
      ["vote", hostile, "approve"],
      ["vote", "msg_1", "approve"],
    ],
  },
  cooldowns: {
    shows: true,
    argv: () => [["cooldowns"], ["cooldowns", "--lift", hostile], ["cooldowns", "--lift"]],
  },
  call: {
    shows: true,
    argv: () => [
      ["call", "fleet_status", '{"fleet_id":"flt_1"}'],
      ["call", "collect_results", '{"fleet_id":"flt_2"}'],
      ["call", "get_inbox", '{"agent_id":"writer-1"}'],
      ["call", "get_inbox", JSON.stringify({ agent_id: hostile })],
      ["call", hostile],
      ["call", "get_inbox", hostile],
    ],
  },
  agents: {
    shows: true,
    argv: () => [
      ["agents", "evil"],
      ["agents", "show", "evil-one"],
    ],
  },
  templates: {
    shows: true,
    argv: () => [
      ["templates"],
      ["templates", hostile],
      ["templates", "show", "evil"],
      ["templates", "show", hostile],
      ["templates", "show", `no ${hostile}`],
      ["templates", "export", hostile],
      ["templates", "import", hostile],
      ["templates", "import", "x", "--as", hostile],
    ],
  },
  route: {
    shows: true,
    argv: () => [
      ["route", "--scope", "fleet", "evil"],
      ["route", "--scope", hostile, "x"],
    ],
  },
  supervise: { shows: true, argv: () => [["supervise", `no ${hostile}`]] },
  send: {
    shows: true,
    argv: () => [
      ["send", "mapper-1", "x", "--type", hostile],
      ["send", `no ${hostile}`, "x"],
    ],
  },
  stop: {
    shows: true,
    argv: () => [
      ["stop", "flt_2"],
      ["stop", "flt_1", `no ${hostile}`],
    ],
  },
  unattended: { shows: false, argv: () => [["unattended"]] },
  verify: { shows: false, argv: () => [["verify"]] },
  export: { shows: true, argv: () => [["export"], ["export", "--fleet", hostile]] },
  import: { shows: true, argv: () => [["import", hostile]] },
  prune: {
    shows: false,
    argv: () => [
      ["prune", "--dry-run"],
      ["prune", "--older-than", "1h"],
    ],
  },
  doctor: { shows: false, argv: () => [["doctor"], ["doctor", "--fix"]] },
  install: {
    shows: true,
    argv: () => [["install", "--dry-run"], ["install", "--from", hostile], ["install"]],
  },
  update: { shows: true, argv: () => [["update", hostile]] },
  uninstall: { shows: false, argv: () => [["uninstall"]] },
  tasks: {
    shows: true,
    argv: () => [
      ["tasks", "flt_1"],
      ["tasks", hostile],
    ],
  },
  merge: {
    shows: true,
    argv: () => [
      ["merge", hostile],
      ["merge", "flt_1", hostile],
    ],
  },
  completion: {
    shows: true,
    argv: () => [
      ["completion", hostile],
      ["completion", "zsh"],
    ],
  },
  version: { shows: false, argv: () => [["version"]] },
  help: { shows: true, argv: () => [["help"], ["help", hostile]] },
}

test("every command is looked at", () => {
  expect(Object.keys(lines).toSorted()).toEqual(commands.map(({ name }) => name).toSorted())
})

describe("nothing that an agent wrote steers the terminal of", () => {
  for (const [name, { shows, argv }] of Object.entries(lines))
    test(
      name,
      async () => {
        let all = ""
        for (const line of argv())
          for (const more of ["agents", "route"].includes(name) || line.length > 2
            ? [[]]
            : [[], ["--json"]])
            for (const isInteractive of [false, true]) {
              const { out, err } = await shell.run([...line, ...more], {
                isInteractive,
                columns: isInteractive ? 200 : Infinity,
                env: { MESHFLEET_AGENT_FOLDERS: JSON.stringify([join(shell.folder, "agents")]) },
                stdin: [],
              })
              expect([line, steering(out + err)]).toEqual([line, undefined])
              if (more.length > 0 && name !== "completion")
                // Most write one document, export lines of them.
                for (const each of name === "export" ? out.trimEnd().split("\n") : [out])
                  JSON.parse(each)
              all += out + err
            }
        if (shows) expect(all).toContain("evil")
      },
      60_000,
    )

  test("supervise, while it tells of a fleet", async () => {
    await shell.given("flt_3", ["late"], { name: hostile })
    const { hosts } = createOwnHosts(shell)
    const supervising = shell.start(["supervise", "flt_3"], { hosts })
    await supervising.until("supervised here")
    supervising.interrupt()
    await supervising.code
    expect(supervising.out()).toContain("evil")
    expect(steering(supervising.out())).toBeUndefined()
  })
})
