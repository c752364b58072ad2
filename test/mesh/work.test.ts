import { afterEach, beforeEach, expect, test } from "bun:test"
import type { Candidate } from "../../plugin/mesh/routing/index/corpus.ts"
import { createWork } from "../../plugin/mesh/work.ts"
import { session } from "./support/callers.ts"
import { createMesh } from "./support/mesh.ts"

const lead = session("ses_lead")
let mesh: Awaited<ReturnType<typeof createMesh>>
beforeEach(async () => {
  mesh = await createMesh()
})
afterEach(() => mesh.end())

/** What the router is given to choose from. */
const candidatesFor = async (agents: { role: string; agent?: string }[]) => {
  await mesh.fleets.spawn(lead, { agents: agents.map((each) => ({ ...each, prompt: "Work." })) })
  let given: readonly Candidate[] = []
  const work = createWork({
    ledger: mesh.ledger,
    ranker: {
      async rank(_query, { agents: candidates }) {
        given = candidates
        return { matches: [] }
      },
    },
    specialists: {
      search: () => ({ total: 0, agents: [] }),
      find: (name) => (name === "code-reviewer" ? ({ agent: name } as never) : undefined),
      near: () => [],
      problems: () => [],
    },
  })
  await work.route(lead, { description: "Look at my diff.", top_n: 3, scope: "all" })
  return given
}

test("a running agent is ranked with its specialist's skills, as the copy of it that it is", async () => {
  const [reviewer, builder] = await candidatesFor([
    { role: "Second pair of eyes", agent: "code-reviewer" },
    { role: "Builder", agent: "build" },
  ])
  expect(reviewer).toMatchObject({
    kind: "agent",
    role: "Second pair of eyes",
    specialist: "code-reviewer",
    skills: ["review", "diffs"],
    load: 0,
    available: true,
  })
  expect(builder).not.toHaveProperty("specialist")
})
