import { insertAttempt } from "../../../plugin/mesh/ledger/tables/attempts.ts"
import { appendEvent } from "../../../plugin/mesh/ledger/tables/events.ts"
import { recordUsage } from "../../../plugin/mesh/ledger/tables/usage.ts"
import { recordPartial } from "../../../plugin/mesh/ledger/tables/agents.ts"
import { endAgent } from "../../../plugin/mesh/lifecycle/outcome.ts"
import type { Failure } from "../../../plugin/mesh/model/agent.ts"
import type { MessageType } from "../../../plugin/mesh/model/message.ts"
import type { Asked } from "../../../plugin/mesh/model/question.ts"
import { receiveAsk } from "../../../plugin/mesh/questions/asking.ts"
import { askPermission, askQuestion } from "../../mesh/support/asked.ts"
import { member, session } from "../../mesh/support/callers.ts"
import type { Mesh } from "../../mesh/support/mesh.ts"

/** What happens to a fleet, told by the services that would write it. */
export const createTeller = (mesh: Mesh, fleetId: string, lead = session("ses_lead")) => {
  const { ledger, clock } = mesh
  const agent = (name: string) => mesh.agent(name, fleetId)
  let steps = 0
  return {
    fleetId,
    wait: (ms: number) => clock.advance(ms),

    async created(names: readonly string[]) {
      await ledger.transact(async (tx) => {
        await appendEvent(tx, { type: "fleet.created", fleetId, data: { name: fleetId } })
        for (const name of names)
          await appendEvent(tx, {
            type: "agent.queued",
            fleetId,
            agentId: (await mesh.agentIn(tx, name, fleetId)).id,
            data: { name, role: name },
          })
      })
    },

    /** It is given to a host and gets its prompt. */
    async begin(name: string, activity = "reads the task", attempt = 1) {
      const { id } = await agent(name)
      await ledger.transact((tx) =>
        appendEvent(tx, {
          type: attempt === 1 ? "agent.starting" : "agent.retrying",
          fleetId,
          agentId: id,
          data: { attempt },
        }),
      )
      clock.advance(1200)
      await ledger.transact(async (tx) => {
        await insertAttempt(tx, {
          agent_id: id,
          attempt,
          host_id: "hst_1",
          session_id: `ses_${id}`,
          started_at: tx.at,
        })
        await appendEvent(tx, { type: "agent.running", fleetId, agentId: id, data: { attempt } })
      })
      await mesh.set(
        name,
        {
          status: "running",
          attempts: attempt,
          host_id: "hst_1",
          session_id: `ses_${id}`,
          started_at: clock.now(),
          turn_at: clock.now(),
          activity,
          activity_at: clock.now(),
          last_tool: "read",
        },
        fleetId,
      )
    },

    async does(name: string, activity: string, partial?: string) {
      await mesh.set(
        name,
        { activity, activity_at: clock.now(), stalled_at: null, blocked_on: null },
        fleetId,
      )
      if (partial) {
        const { id } = await agent(name)
        await ledger.transact((tx) => recordPartial(tx, id, partial))
      }
    },

    async spends(name: string, tokens: number, costUsd: number) {
      const { id } = await agent(name)
      await ledger.transact((tx) =>
        recordUsage(tx, id, [{ messageId: `step_${++steps}`, tokens, costUsd }]),
      )
    },

    async says(from: string, to: string, payload: string, type: MessageType = "handoff") {
      const caller = from === "lead" ? lead : member(await agent(from))
      return mesh.messages.send(caller, {
        to_agent_id: to,
        type,
        payload,
        ...(from === "lead" && { fleet_id: fleetId }),
      })
    },

    async asks(name: string, asked: Asked) {
      const { id } = await agent(name)
      await mesh.set(name, { host_id: "hst_1" }, fleetId)
      const received = await ledger.transact((tx) =>
        receiveAsk(tx, { agentId: id, hostId: "hst_1", deadlineMs: 900_000 }, asked),
      )
      return (received as { waits: string }).waits
    },

    async stalls(name: string) {
      const { id } = await agent(name)
      await mesh.set(name, { stalled_at: clock.now() }, fleetId)
      await ledger.transact((tx) =>
        appendEvent(tx, {
          type: "agent.stalled",
          fleetId,
          agentId: id,
          data: { idle_ms: 600_000, activity: "bash npm test", on_stall: "report" },
        }),
      )
    },

    async interrupts(name: string, detail: string) {
      const { id } = await agent(name)
      await ledger.transact((tx) =>
        appendEvent(tx, {
          type: "agent.interrupted",
          fleetId,
          agentId: id,
          data: { code: "HOST_LOST", detail, attempt: 1, retry_in_ms: 1000 },
        }),
      )
      await mesh.set(
        name,
        { status: "interrupted", error_code: "HOST_LOST", error_detail: detail },
        fleetId,
      )
    },

    waitsForMail: (name: string) => mesh.set(name, { awaits_mail_at: clock.now() }, fleetId),

    async answers(name: string, output: string) {
      const row = await agent(name)
      await ledger.transact((tx) => endAgent(tx, row, { status: "complete", output }))
    },

    async fails(name: string, failure: Failure) {
      const row = await agent(name)
      await ledger.transact((tx) => endAgent(tx, row, { status: "failed", failure }))
    },
  }
}

/** Three agents: one asks, one has stalled, one works; and a council in which the person has a vote. */
export const tellSmall = async (mesh: Mesh) => {
  const names = ["mapper", "reviewer", "maker"]
  const { id } = await mesh.given(names, { fleet: { name: "checkout rewrite" } })
  const tell = createTeller(mesh, id)
  await mesh.set("mapper", { role: "Code mapper", agent: "code-explorer" }, id)
  await mesh.set("reviewer", { role: "Reviewer", agent: "code-reviewer" }, id)
  await mesh.set("maker", { role: "Backend engineer", agent: "backend-architect" }, id)
  await tell.created(names)
  tell.wait(900)
  await tell.begin("mapper", "reads src/cart")
  await tell.begin("reviewer", "waits for the map")
  tell.wait(30_000)
  await tell.spends("mapper", 18_400, 0.041)
  await tell.says(
    "mapper",
    "reviewer",
    "MAP.md lists 14 entry points. Begin with src/cart/total.ts: rounding is done in three places.",
  )
  tell.wait(20_000)
  await tell.spends("reviewer", 9200, 0.019)
  await tell.says(
    "reviewer",
    "mapper",
    "Is total() called from the worker as well, or from the page alone?",
    "question",
  )
  tell.wait(15_000)
  await tell.says(
    "mapper",
    "reviewer",
    "From both; the worker goes through src/jobs/settle.ts.",
    "result",
  )
  await tell.begin("maker", "edits src/cart/total.ts")
  tell.wait(25_000)
  await tell.spends("maker", 31_000, 0.088)
  await tell.says(
    "reviewer",
    "maker",
    "Please keep cents as integers; the tax table has no halves.",
  )
  tell.wait(40_000)
  await tell.spends("mapper", 12_000, 0.024)
  await tell.says(
    "maker",
    "lead",
    "Rounding is in one place now. Two tests still disagree about refunds.",
    "request_help",
  )
  await tell.does("mapper", "bash npm run bench", "The map is done; I am measuring the checkout.")
  tell.wait(30_000)
  await tell.spends("maker", 22_000, 0.06)
  await mesh.ratifications.open(session("ses_lead"), {
    fleet_id: id,
    subject: "Refunds are rounded like charges",
    quorum: 3,
    payload: "Both go through total(). The ledger of refunds is migrated once.",
    voters: ["reviewer", "maker", "human"],
    deadline: "PT20M",
  })
  tell.wait(5000)
  await mesh.ratifications.vote(member(await mesh.agent("reviewer", id)), await proposalOf(mesh), {
    approve: true,
    note: "One rule is easier to test.",
  })
  await tell.does(
    "maker",
    "edits test/refunds.test.ts",
    "I have moved rounding into total(). Next are the refund tests.",
  )
  tell.wait(20_000)
  const ask = await tell.asks(
    "maker",
    askPermission("per_1", {
      permission: "bash",
      patterns: ["git push origin checkout"],
      always: ["git push *"],
      metadata: { command: "git push origin checkout" },
    }),
  )
  tell.wait(4000)
  await mesh.set(
    "mapper",
    { activity_at: mesh.clock.now() - 700_000, activity: "bash npm run bench" },
    id,
  )
  await tell.stalls("mapper")
  tell.wait(12_000)
  await tell.spends("reviewer", 14_000, 0.03)
  await tell.does("reviewer", "reads src/jobs/settle.ts")
  return { ...tell, ask, names }
}

/** The same three, with a board of tasks in every state and files that are reserved. */
export const tellBoard = async (mesh: Mesh) => {
  const told = await tellSmall(mesh)
  const rights = { rights: { rules: [], ask: async () => {} } }
  const lead = { ...session("ses_lead"), ...rights }
  const as = async (name: string) => ({ ...member(await mesh.agent(name)), ...rights })
  await mesh.tasks.add(lead, told.fleetId, [
    { title: "List every place that rounds" },
    { title: "Move rounding into total()", after: ["List every place that rounds"] },
    { title: "Round refunds like charges", after: ["Move rounding into total()"] },
    { title: "Measure the checkout" },
    { title: "Rename the tax table" },
    { title: "Ask the accountants" },
    { title: "Write it up" },
  ])
  const settle = async (
    name: string,
    task_id: number,
    note: string | undefined,
    ...states: ("review" | "done" | "blocked")[]
  ) => {
    await mesh.tasks.claim(await as(name), task_id)
    for (const state of states) await mesh.tasks.update(await as(name), { task_id, state, note })
  }
  await settle("mapper", 1, undefined, "done")
  await settle("maker", 2, undefined, "review")
  await mesh.tasks.update(await as("reviewer"), { task_id: 2, state: "done" })
  await settle("reviewer", 6, "who signs for halves of a cent?", "blocked")
  await settle("mapper", 5, "renamed in the schema too", "review")
  await settle("maker", 3, undefined)
  await settle("mapper", 4, undefined)
  await mesh.tasks.update(lead, { task_id: 7, state: "cancelled" })
  const wish = { reason: "rounding moves into total()", minutes: 25 }
  await mesh.reservations.reserve(await as("maker"), {
    ...{ ...wish, paths: ["src/cart/**", "test/refunds.test.ts"], mode: "exclusive" },
  })
  await mesh.reservations.reserve(await as("reviewer"), {
    ...{ paths: ["docs/rounding.md"], mode: "shared", reason: "notes of the review", minutes: 10 },
  })
  return told
}

const proposalOf = async (mesh: Mesh) =>
  (await mesh.ratifications.list(session("human:1", { human: true })))[0]!.message_id

const parts = ["api", "cart", "search", "auth", "mail", "jobs", "docs", "ui"]
const crafts = ["mapper", "writer", "tester", "reviewer", "maker", "fixer", "prober", "scribe"]
export const manyNames = (count: number) =>
  Array.from({ length: count }, (_, at) => `${parts[at % 8]!}-${crafts[Math.floor(at / 8) % 8]!}`)

/** Many agents in every state, who talk a lot. */
export const tellLarge = async (mesh: Mesh, count = 64, messages = 220) => {
  const names = manyNames(count)
  const { id } = await mesh.given(names, {
    fleet: { name: "migrate the monorepo", max_parallel: 16 },
  })
  const tell = createTeller(mesh, id)
  await tell.created(names)
  for (const [at, name] of names.entries()) {
    if (at % 9 === 8) continue
    tell.wait(300)
    await tell.begin(name, `edits packages/${name.split("-")[0]}/src/index.ts`)
  }
  const working = names.filter((_, at) => at % 9 !== 8)
  for (let at = 0; at < messages; at++) {
    tell.wait(900)
    const from = working[(at * 7) % working.length]!
    const to = at % 11 === 0 ? "lead" : working[(at * 13 + 5) % working.length]!
    const type = (["handoff", "result", "question", "handoff", "alert"] as const)[at % 5]!
    if (from !== to)
      await tell.says(from, to, `Package ${at} builds; ${to} may go on with its types.`, type)
    await tell.spends(from, 900 + ((at * 271) % 2400), 0.004)
    if (count < 64) continue
    if (at === 60) await tell.answers(names[3]!, "Done: 12 files, all tests pass.")
    if (at === 90)
      await tell.fails(names[10]!, { code: "BUDGET", detail: "2,000,000 tokens are spent" })
    if (at === 110) await tell.interrupts(names[20]!, "its host was killed")
    if (at === 120) await tell.begin(names[20]!, "goes on with its second attempt", 2)
    if (at === 150) await tell.answers(names[12]!, "Nothing to change here.")
    if (at === 170) await tell.waitsForMail(names[25]!)
  }
  await tell.asks(
    names[5]!,
    askQuestion("que_1", [
      {
        question: "Which Node version do the images use from now on?",
        header: "Node",
        options: [
          { label: "22 LTS", description: "what most packages have" },
          { label: "24", description: "what the newest ones want" },
        ],
      },
    ]),
  )
  const quiet = names[Math.floor(count / 2) - 2]!
  await mesh.set(
    quiet,
    { activity_at: mesh.clock.now() - 660_000, activity: "bash npm test -w packages/ui" },
    id,
  )
  await tell.stalls(quiet)
  tell.wait(8000)
  return { ...tell, names }
}

/** What no view may be broken by. */
export const nasty = {
  markup: `<script>document.title = "owned"</script><img src=x onerror="document.title='owned'">`,
  escapes: "\u001b[31mred\u001b[0m \u001b]0;title\u0007 \u0008\u0000",
  long: "x".repeat(65_000),
  turned: "abc \u202egnp.exe\u202c \u2067 עברית العربية",
  emoji: "👩‍👩‍👧‍👦🏳️‍🌈 🇩🇪 👍🏽",
  combining: `Z${"\u0351\u036b\u0343\u032a".repeat(60)}algo`,
}
