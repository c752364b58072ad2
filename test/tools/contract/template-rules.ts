import { expect } from "bun:test"
import type { Caller } from "../../../plugin/mesh/model/caller.ts"
import { pair } from "../../mesh/support/templates.ts"
import { refuse, type World } from "./world.ts"

type Answer = Record<string, any>
type Args = Record<string, any>
type Rule = (world: World, caller: Caller, args: Args, at: number) => (answer: Answer) => void

const mayLead = (caller: Caller) => {
  if (caller.delegated || caller.member) refuse("NOT_ALLOWED")
}

/** The one variable of these stories, unless a backslash stands before it. */
const takesWhat = (agents: readonly Args[]) =>
  agents.some(({ prompt }) => / \{\{what\}\}/.test(prompt))

const versionsOf = (world: World, { project }: Caller, name: string) =>
  world.templates.get(`${project} ${name}`) ?? (name === pair.name ? [pair.agents] : [])

export const templateRules = (spawn: Rule) => ({
  save_fleet_template(world: World, caller: Caller, { name, agents }: Args) {
    const names = (agents as Args[]).map((each) => each["name"]).filter(Boolean)
    const isReserved = names.includes("lead") || names.includes("human")
    if (isReserved || new Set(names).size < names.length) refuse("INVALID_ARGUMENT")
    mayLead(caller)
    if (name === pair.name) refuse("NAME_TAKEN")
    const saved = [...versionsOf(world, caller, name), agents]
    world.templates.set(`${caller.project} ${name}`, saved)
    return ({ template }: Answer) =>
      expect([template.name, template.version, template.source, template.variables]).toEqual([
        name,
        saved.length,
        "saved",
        takesWhat(agents) ? ["what"] : [],
      ])
  },

  list_fleet_templates(world: World, caller: Caller, { name }: Args) {
    const known = [...world.templates.keys()]
      .filter((key) => key.startsWith(`${caller.project} `))
      .map((key) => key.split(" ")[1]!)
    const names = name === undefined ? [...known, pair.name].toSorted() : [name]
    const expected = names.map((each) => {
      const versions = versionsOf(world, caller, each)
      if (versions.length === 0) refuse("UNKNOWN_TEMPLATE")
      return [each, versions.length]
    })
    return ({ templates }: Answer) =>
      expect(templates.map(({ name, version }: Answer) => [name, version])).toEqual(expected)
  },

  spawn_from_template(world: World, caller: Caller, args: Args, at: number) {
    mayLead(caller)
    const { name, version, variables = {} } = args
    const versions = versionsOf(world, caller, name)
    const agents = versions[(version ?? versions.length) - 1] ?? refuse("UNKNOWN_TEMPLATE")
    const wanted = takesWhat(agents) ? ["what"] : []
    if (Object.keys(variables).join() !== wanted.join()) refuse("INVALID_ARGUMENT")
    const check = spawn(world, caller, { agents }, at)
    return (answer: Answer) => {
      check(answer)
      expect([answer["template"], answer["version"]]).toEqual([name, version ?? versions.length])
    }
  },
})
