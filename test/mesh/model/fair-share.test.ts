import { expect, test } from "bun:test"
import { fairShare } from "../../../plugin/mesh/model/fair-share.ts"

test("what fits stays whole", () => {
  expect(fairShare(["one", "two"], 6)).toEqual(["one", "two"])
  expect(fairShare([], 6)).toEqual([])
})

test("what short ones leave goes to the long ones in equal parts", () => {
  expect(fairShare(["abc", "x".repeat(20), "y".repeat(10)], 17)).toEqual([
    "abc",
    `${"x".repeat(7)}… (20 characters)`,
    `${"y".repeat(7)}… (10 characters)`,
  ])
})

test("no character is cut in two", () => {
  expect(fairShare(["🚀🚀🚀"], 3)).toEqual(["🚀… (6 characters)"])
})
