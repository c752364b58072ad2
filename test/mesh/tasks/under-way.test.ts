import { expect, test } from "bun:test"
import { createUnderWay } from "../../../plugin/mesh/tasks/under-way.ts"

test("who waits for an agent's calls waits for those that run, however they end", async () => {
  const underWay = createUnderWay()
  const order: string[] = []
  const gate = Promise.withResolvers<void>()
  const failing = underWay.run("ada", async () => {
    await gate.promise
    order.push("call")
    throw new Error("its check could not begin")
  })
  const waiting = underWay.over("ada").then(() => order.push("next"))
  await underWay.over("bob")
  await underWay.run(undefined, async () => order.push("nobody's"))
  gate.resolve()
  expect(await failing.catch(({ message }: Error) => message)).toContain("could not begin")
  await waiting
  expect(order).toEqual(["nobody's", "call", "next"])
  await underWay.over("ada")
})
