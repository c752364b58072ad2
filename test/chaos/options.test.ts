import { expect, test } from "bun:test"
import { kindOfRound, parseOptions } from "../../chaos/options.ts"

test("without options a run is 100 rounds within 90 minutes with a fresh seed", () => {
  expect(parseOptions([], 42)).toEqual({
    rounds: 100,
    seed: 42,
    minutes: 90,
    only: undefined,
    ledger: "sqlite",
    keep: false,
  })
})

test("options that make no sense are refused by name", () => {
  expect(() => parseOptions(["--rounds", "none"], 1)).toThrow("--rounds none")
  expect(() => parseOptions(["--only", "cats"], 1)).toThrow("--only cats")
  expect(() => parseOptions(["--ledger", "paper"], 1)).toThrow("--ledger paper")
})

const inFiles = { only: undefined, ledger: "sqlite" } as const

test("a ledger in a database has no disk of its own that could be full", () => {
  const rounds = Array.from({ length: 100 }, (_, round) =>
    kindOfRound(round, { only: undefined, ledger: "postgres" }),
  )
  expect(rounds.slice(0, 15)).toEqual([
    "host-killed",
    "host-frozen",
    "lead-killed",
    "supervisor-killed",
    "provider-429",
    "provider-silent",
    "stream-cut",
    "prints-50-mb",
    "background-server",
    "survivors",
    "suspend",
    "sleeping-clock",
    "planted-plugin",
    "forged-mail",
    "random",
  ])
  expect(rounds).not.toContain("disk-full")
})

test("the stories come first, then random rounds, of which some are with stand-ins", () => {
  const rounds = Array.from({ length: 100 }, (_, round) => kindOfRound(round, inFiles))
  expect(rounds.slice(0, 19)).toEqual([
    "host-killed",
    "host-frozen",
    "lead-killed",
    "supervisor-killed",
    "disk-full",
    "provider-429",
    "provider-silent",
    "stream-cut",
    "prints-50-mb",
    "background-server",
    "survivors",
    "suspend",
    "sleeping-clock",
    "planted-plugin",
    "forged-mail",
    "random",
    "stand-in",
    "random",
    "stand-in",
  ])
  expect(rounds.filter((kind) => kind !== "stand-in").length).toBeGreaterThanOrEqual(60)
  expect(kindOfRound(0, { ...inFiles, only: "random" })).toBe("random")
})
