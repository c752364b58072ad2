import { expect, test } from "bun:test"
import { freeName } from "../../../plugin/mesh/templates/free-name.ts"

const at = Date.UTC(2026, 10, 29, 21, 5, 7, 250)
const among =
  (...names: string[]) =>
  async (name: string) =>
    names.includes(name)

test("a name that is free stays", async () => {
  expect(await freeName("review", at, among("other"))).toBe("review")
})

test("a name that is taken gets the time, and a number within the same second", async () => {
  expect(await freeName("review", at, among("review"))).toBe("review-20261129-210507")
  expect(await freeName("review", at, among("review", "review-20261129-210507"))).toBe(
    "review-20261129-210507-2",
  )
})

test("a long name is cut so that the time fits", async () => {
  const name = "x".repeat(64)
  expect(await freeName(name, at, among(name))).toBe(`${"x".repeat(48)}-20261129-210507`)
})
