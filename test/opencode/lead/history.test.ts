import { expect, test } from "bun:test"
import { keepHistory } from "../../../plugin/opencode/lead/history.ts"

const keep = (prune: () => unknown, isInsideAgent = false) => {
  const asked: unknown[][] = []
  const errors: unknown[] = []
  let more: (() => void) | undefined
  const history = keepHistory({
    retention: {
      pruneWhenDue: async (...args) => {
        asked.push(args)
        more?.()
        await prune()
        return undefined
      },
    },
    project: "/shop",
    retentionMs: 1000,
    isInsideAgent: () => isInsideAgent,
    onError: (error) => void errors.push(error),
    firstMs: 1,
    everyMs: 1,
  })
  const asks = (count: number) =>
    new Promise<void>((resolve) => {
      more = () => asked.length >= count && resolve()
    })
  return { history, asked, errors, asks }
}

test("an OpenCode that is open asks again and again, also after a fault", async () => {
  const fault = new Error("busy")
  const { history, asked, errors, asks } = keep(() => Promise.reject(fault))
  await asks(3)
  history.close()
  expect(asked[0]).toEqual(["/shop", 1000])
  expect(errors[0]).toBe(fault)
})

test("once closed it asks no more, and a step that was under way is no fault", async () => {
  const gate = Promise.withResolvers<void>()
  const { history, asked, errors, asks } = keep(async () => {
    await gate.promise
    throw new Error("the ledger is closed")
  })
  await asks(1)
  history.close()
  gate.resolve()
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(asked).toHaveLength(1)
  expect(errors).toEqual([])
})

test("what an agent has started takes nothing away", async () => {
  const { history, asked } = keep(() => undefined, true)
  await new Promise((resolve) => setTimeout(resolve, 10))
  history.close()
  expect(asked).toEqual([])
})
