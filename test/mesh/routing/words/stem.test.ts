import { expect, test } from "bun:test"
import { stem } from "../../../../plugin/mesh/routing/words/stem.ts"

const stems = (words: string) => words.split(" ").map(stem)

test("words of one root get one stem", () => {
  for (const family of [
    "connect connected connecting connection connections",
    "query queries",
    "test tests tested testing",
    "slow slowly",
    "relate related relational",
    "audit audits auditor",
    "translate translator",
  ]) {
    expect(new Set(stems(family)).size).toBe(1)
  }
})

test("Porter's own examples come out as he gives them", () => {
  expect(stems("caresses ponies cats agreed plastered motoring hopping falling happy")).toEqual(
    "caress poni cat agre plaster motor hop fall happi".split(" "),
  )
  expect(stems("conditional digitizer predication formalize hopefulness revival adoption")).toEqual(
    "condit digit predic formal hope reviv adopt".split(" "),
  )
})

test("British and American spellings are one", () => {
  for (const pair of ["organise organize", "colours colors", "optimisation optimization"]) {
    expect(new Set(stems(pair)).size).toBe(1)
  }
})

test("short words, numbers and other scripts stay as they are", () => {
  expect(stems("is 2024 k8s 数据 größe")).toEqual(["is", "2024", "k8s", "数据", "größe"])
})
