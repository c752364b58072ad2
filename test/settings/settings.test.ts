import { describe, expect, test } from "bun:test"
import { configSchema, parseConfig } from "../../plugin/mesh/model/config.ts"
import type { Case } from "./case.ts"
import { fleetCases } from "./fleet-cases.ts"
import { hostCases } from "./host-cases.ts"
import { planCases } from "./plan-cases.ts"
import { processCases } from "./process-cases.ts"
import { treeCases } from "./tree-cases.ts"

const cases: Record<string, Case> = {
  ...fleetCases,
  ...hostCases,
  ...planCases,
  ...processCases,
  ...treeCases,
}

describe("a setting", () => {
  test("has a case here that shows what its value changes", () => {
    expect(Object.keys(cases).toSorted()).toEqual(Object.keys(configSchema.shape).toSorted())
    for (const { becomes } of Object.values(cases)) expect(becomes[0]).not.toEqual(becomes[1])
  })

  test.each(Object.entries(cases))("%s changes what happens", async (key, its) => {
    for (const [index, value] of its.values.entries()) {
      const settings = { [key]: value }
      expect(parseConfig([{ from: "test", values: settings }]).problems).toEqual([])
      expect(await its.seen(settings)).toEqual(its.becomes[index])
    }
  })
})
