import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import type { AgentDraft } from "../../../plugin/mesh/fleets/fleet-draft.ts"
import { delegate, member, session } from "../support/callers.ts"
import { expectFailure } from "../support/errors.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
beforeEach(async () => void (mesh = await createMesh()))
afterEach(() => mesh.end())

const lead = session("ses_lead")
const person = session("human:1", { human: true })
const elsewhere = session("ses_far", { project: "/far/.git", directory: "/far" })
const draft = (name: string, prompt = "Do {{what}}.", more: Partial<AgentDraft> = {}) => ({
  name,
  agents: [{ role: "Doer", prompt, ...more }],
})
const names = async (caller = lead) =>
  (await mesh.templates.list(caller)).templates.map(({ name, version, owner }) =>
    [name, version, owner ?? "meshfleet"].join(" "),
  )

describe("saving", () => {
  test("makes version after version of a name, and changes none", async () => {
    expect(await mesh.templates.save(lead, { ...draft("own"), description: "first" })).toEqual({
      template: {
        name: "own",
        version: 1,
        description: "first",
        source: "saved",
        owner: "project",
        variables: ["what"],
        agents: [{ role: "Doer" }],
        saved_at: "2026-01-01T00:00:00.000Z",
      },
    })
    const { template } = await mesh.templates.save(lead, draft("own", "Do it otherwise."))
    expect([template.version, template.variables]).toEqual([2, []])
    expect((await mesh.templates.find(lead, "own")).version).toBe(2)
    expect(await mesh.templates.find(lead, "own", 1)).toMatchObject({
      version: 1,
      description: "first",
      agents: [{ prompt: "Do {{what}}." }],
    })
  })

  test("is told in the history with what makes a change show", async () => {
    await mesh.templates.save(lead, draft("own"))
    expect(await mesh.events("template.saved")).toEqual([
      {
        event: "template.saved",
        agent: null,
        name: "own",
        version: 1,
        project: "/shop/.git",
        digest: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    ])
  })

  test("of two at once makes two versions", async () => {
    await Promise.all([1, 2, 3].map(() => mesh.templates.save(lead, draft("own"))))
    expect(await names()).toEqual(["own 3 project", "pair 1 meshfleet"])
  })

  test("under the name of one that is shipped, or of the user's own, is refused", async () => {
    await expectFailure(
      () => mesh.templates.save(lead, draft("pair")),
      "NAME_TAKEN",
      '"pair"',
      "shipped",
    )
    await mesh.templates.import(person, draft("mine"))
    await expectFailure(
      () => mesh.templates.save(lead, draft("mine")),
      "NAME_TAKEN",
      '"mine"',
      "user's own",
    )
    expect(await names()).toEqual(["mine 1 user", "pair 1 meshfleet"])
  })

  test("ends at 200 names, not at versions", async () => {
    for (let count = 0; count < 200; count++) await mesh.templates.save(lead, draft(`t${count}`))
    await expectFailure(() => mesh.templates.save(lead, draft("more")), "LIMIT_REACHED", "200")
    expect((await mesh.templates.save(lead, draft("t7"))).template.version).toBe(2)
    expect((await mesh.templates.save(elsewhere, draft("more"))).template.version).toBe(1)
  })
})

describe("whose a template is", () => {
  test("a lead's belongs to its project, a person's import to the person in every project", async () => {
    await mesh.templates.save(lead, draft("own"))
    await mesh.templates.import(person, draft("mine"))
    expect(await names()).toEqual(["mine 1 user", "own 1 project", "pair 1 meshfleet"])
    expect(await names(elsewhere)).toEqual(["mine 1 user", "pair 1 meshfleet"])
    await expectFailure(
      () => mesh.templates.spawn(elsewhere, { name: "own", variables: { what: "it" } }),
      "UNKNOWN_TEMPLATE",
      '"own"',
    )
  })

  test("where both have one of a name, the person's is meant", async () => {
    await mesh.templates.save(lead, draft("own", "the project's"))
    const far = { ...person, project: elsewhere.project }
    await mesh.templates.import(far, draft("own", "the person's"))
    expect(await names()).toEqual(["own 1 user", "pair 1 meshfleet"])
    expect((await mesh.templates.find(lead, "own")).agents[0]!.prompt).toBe("the person's")
  })

  test("members and sub-sessions save and spawn none, sub-sessions and members see them", async () => {
    await mesh.given(["a1"])
    const a1 = member(await mesh.agent("a1"))
    for (const caller of [a1, delegate(lead), { ...lead, readsOnly: "It is open elsewhere." }]) {
      await mesh.unchanged(async () => {
        await expectFailure(() => mesh.templates.save(caller, draft("own")), "NOT_ALLOWED")
        await expectFailure(() => mesh.templates.spawn(caller, { name: "pair" }), "NOT_ALLOWED")
        await expectFailure(() => mesh.templates.import(caller, draft("own")), "NOT_ALLOWED")
      })
      expect(await names(caller)).toEqual(["pair 1 meshfleet"])
    }
    await expectFailure(() => mesh.templates.import(lead, draft("own")), "NOT_ALLOWED", "person")
  })
})

describe("importing", () => {
  test("a name that is there gives way to one with the time", async () => {
    await mesh.templates.save(lead, draft("own"))
    const stamps = ["pair", "own"].map((name) => `${name}-20260101-000000`)
    for (const [index, name] of ["pair", "own"].entries()) {
      const { template, renamed } = await mesh.templates.import(person, draft(name))
      expect([template.name, template.version, renamed]).toEqual([stamps[index]!, 1, true])
    }
    const again = await mesh.templates.import(person, draft("own"))
    expect(again.template.name).toBe("own-20260101-000000-2")
    expect((await mesh.templates.import(person, draft("new"))).renamed).toBe(false)
  })

  test("by a name of the person's own choice makes the next version of their own", async () => {
    await mesh.templates.import(person, draft("mine"))
    const { template } = await mesh.templates.import(person, draft("other"), "mine")
    expect([template.name, template.version]).toEqual(["mine", 2])
    await mesh.templates.save(lead, draft("own"))
    await mesh.unchanged(async () => {
      for (const [name, why] of [
        ["own", "project"],
        ["pair", "shipped"],
      ] as const)
        await expectFailure(
          () => mesh.templates.import(person, draft("x"), name),
          "NAME_TAKEN",
          `"${name}"`,
          why,
        )
    })
  })
})

describe("spawning", () => {
  test("makes the fleet that spawn_fleet would make of the filled agents", async () => {
    const spawned = await mesh.templates.spawn(lead, { name: "pair", variables: { what: "it" } })
    expect(spawned).toMatchObject({
      fleet_id: "flt_1",
      agent_ids: ["writer-1", "reader-2"],
      template: "pair",
      version: 1,
    })
    expect((await mesh.agents()).map(({ prompt }) => prompt)).toEqual(["Write it.", "Read it."])
    expect((await mesh.fleet()).name).toBe("pair")
    expect((await mesh.events("fleet.created"))[0]).toMatchObject({ template: "pair 1" })
    expect(mesh.supervised).toEqual(["flt_1"])
  })

  test("takes the newest version, or the one that is named", async () => {
    await mesh.templates.save(lead, draft("own", "old"))
    await mesh.templates.save(lead, draft("own", "new"))
    await mesh.templates.spawn(lead, { name: "own" })
    await mesh.templates.spawn(lead, { name: "own", version: 1 })
    const prompts = ["flt_1", "flt_2"].map(async (id) => (await mesh.agents(id))[0]!.prompt)
    expect(await Promise.all(prompts)).toEqual(["new", "old"])
  })

  test("what is not there is told with what is near", async () => {
    await expectFailure(
      () => mesh.templates.spawn(lead, { name: "pairs" }),
      "UNKNOWN_TEMPLATE",
      "did you mean pair?",
    )
    await expectFailure(
      () => mesh.templates.spawn(lead, { name: "pair", version: 2 }),
      "UNKNOWN_TEMPLATE",
      "no version 2",
      "newest is 1",
    )
  })

  test("is refused as spawn_fleet refuses, and then nothing is there", async () => {
    await mesh.templates.save(
      lead,
      draft("own", "Do it.", { agent: "{{who}}", model: "{{model}}" }),
    )
    await mesh.unchanged(async () => {
      const spawn = (who: string, model = "fake/m1") =>
        mesh.templates.spawn(lead, { name: "own", variables: { who, model } })
      await expectFailure(() => spawn("nobody"), "UNKNOWN_SPECIALIST", "nobody")
      await expectFailure(() => spawn("build", "no/model"), "UNKNOWN_MODEL", "no/model")
      await expectFailure(() => spawn("build", "none"), "INVALID_ARGUMENT", '"none"')
      await expectFailure(
        () => mesh.templates.spawn(lead, { name: "own" }),
        "INVALID_ARGUMENT",
        "missing: who, model",
      )
    })
  })
})
