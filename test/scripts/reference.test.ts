import { describe, expect, test } from "bun:test"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { eventTypes } from "../../plugin/mesh/model/event-types.ts"
import { errorCodes } from "../../plugin/mesh/model/errors.ts"
import { commands } from "../../plugin/cli/registry.ts"
import { outputSchemas, pages } from "../../scripts/reference.ts"
import { renderOutputSchemas } from "../../scripts/reference/render-outputs.ts"
import { pagesWithTable, renderSchema, withTable } from "../../scripts/settings.ts"
import {
  type WrongCall,
  wrongCallsOfDelegates,
  wrongCallsOfLeads,
  wrongCallsOfMembers,
  wrongCallsOfStrangers,
} from "../e2e/support/wrong-calls.ts"

const root = join(import.meta.dir, "../..")
const read = (path: string) => readFileSync(join(root, path), "utf8")
const toolsPage = pages["docs/tools.md"]()

/** The part of the page below one heading. */
const section = (heading: string) =>
  toolsPage.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? ""
const codesIn = (text: string) =>
  [...text.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code!)

describe("what is generated is up to date:", () => {
  test.each(Object.entries(pages))("%s (bun scripts/reference.ts)", (path, render) => {
    expect(read(path)).toBe(render())
  })

  test("the settings' schema and their tables (bun scripts/settings.ts)", () => {
    expect(JSON.parse(read(outputSchemas))).toEqual(JSON.parse(renderOutputSchemas(commands)))
    expect(JSON.parse(read("meshfleet.schema.json"))).toEqual(JSON.parse(renderSchema()))
    for (const page of pagesWithTable) expect(read(page)).toBe(withTable(read(page)))
  })
})

describe("the page of tools", () => {
  test("has every error code there is", () => {
    expect([...new Set(codesIn(toolsPage))].toSorted()).toEqual([...errorCodes].toSorted())
  })

  test("has every error of a tool that the end-to-end stories provoke", () => {
    const provoked: WrongCall[] = [
      ...wrongCallsOfLeads,
      ...wrongCallsOfMembers,
      ...wrongCallsOfDelegates,
      ...wrongCallsOfStrangers,
    ]
    expect(provoked.length).toBeGreaterThan(60)
    const common = codesIn(section("Errors any tool can raise"))
    const undocumented = provoked
      .filter(([, tool, , code]) => ![...common, ...codesIn(section(tool))].includes(code))
      .map(([what, tool, , code]) => `${tool}: ${code} (${what})`)
    expect(undocumented).toEqual([])
  })

  test("has no error that a tool cannot raise", () => {
    expect(codesIn(section("list_fleets"))).toEqual([])
    expect(codesIn(section("route_work"))).toEqual([])
    expect(codesIn(section("fleet_status"))).not.toContain("NOT_THE_LEAD")
    expect(codesIn(section("send_message"))).not.toContain("HOST_FAILED")
  })
})

describe("the page of events", () => {
  const sources = readdirSync(join(root, "plugin"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.endsWith("event-types.ts"))
    .map((path) => read(`plugin/${path}`))

  /** The keys of the literals that a type is written with; "…" for what is spread into them. */
  const written = new Map<string, string[]>()
  for (const [, type, data] of sources
    .join("\n")
    .matchAll(/type: "([a-z]+\.[a-z_]+)",(?:(?!type: ")[^{])*data: \{((?:[^{}]|\{[^{}]*\})*)\}/g)) {
    const keys = data!
      .replace(/\[[^\]]*\]|\([^)]*\)/g, (part) => (part.includes("&&") ? part : ""))
      .split(",")
      .flatMap((part) =>
        part.trim() === ""
          ? []
          : (/&& \{ (\w+)/.exec(part)?.[1] ?? /^\s*(\w+)/.exec(part)?.[1] ?? "…"),
      )
    written.set(type!, [...(written.get(type!) ?? []), ...keys])
  }

  test("has the fields that are written, and no others", () => {
    const whole = [...written].filter(([, keys]) => !keys.includes("…"))
    expect(whole.length).toBeGreaterThan(25)
    for (const [type, keys] of whole)
      expect(`${type}: ${[...new Set(keys)].toSorted().join()}`).toBe(
        `${type}: ${Object.keys(eventTypes[type as keyof typeof eventTypes].data)
          .toSorted()
          .join()}`,
      )
  })

  test("has no event that nothing writes", () => {
    const all = sources.join("\n")
    // An end is written by the status it brings: `agent.${end.status}`.
    const unwritten = Object.keys(eventTypes).filter(
      (type) => !all.includes(`"${type}"`) && !/^agent\.(complete|failed|cancelled)$/.test(type),
    )
    expect(unwritten).toEqual([])
  })
})
