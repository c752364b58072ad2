import { describe, expect, test } from "bun:test"
import * as fc from "fast-check"
import {
  type Council,
  isOver,
  type RatificationStatus,
  tally,
  totalWeight,
} from "../../../plugin/mesh/councils/tally.ts"
import { type Ballot, nextAction, standingVotes } from "../../../plugin/mesh/councils/vote.ts"
import { holds } from "../../support/properties.ts"

const named = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ voter: `v${at}`, weight: 1, signoff: false }))

const council = (more: Partial<Council> = {}): Council => ({
  status: "open",
  quorum: 6,
  voters: named(9),
  silence: "abstain",
  deadlineAt: null,
  ...more,
})

/** The voters' first votes, in order: + approves, - declines. */
const ballots = (votes: string): Ballot[] =>
  [...votes].map((vote, at) => ({
    actor: `v${at}`,
    action: vote === "+" ? "r-ack" : "r-decline",
    at,
    note: null,
  }))

const statusAfter = (votes: string, more?: Partial<Council>, at = 100) =>
  tally(council(more), ballots(votes), at).status

describe("nine voters and quorum 6", () => {
  test("the sixth approval ratifies", () => {
    expect([statusAfter("+++++"), statusAfter("++++++")]).toEqual(["open", "ratified"])
    expect([statusAfter("---+++++"), statusAfter("---++++++")]).toEqual(["open", "ratified"])
  })

  test("the fourth decline rejects, since five and one make no six", () => {
    expect([statusAfter("---"), statusAfter("----")]).toEqual(["open", "rejected"])
    expect(statusAfter("----+++++")).toBe("rejected")
  })
})

describe("a required sign-off", () => {
  const voters = named(3).map((each, at) => ({ ...each, signoff: at === 2 }))
  const signed = (votes: string, more: Partial<Council> = {}, at?: number) =>
    statusAfter(votes, { voters, quorum: 2, ...more }, at)

  test("rejects at once when it declines, whatever the others say", () => {
    expect(signed("++-")).toBe("rejected")
  })
  test("is waited for beyond the quorum", () => {
    expect([signed("++"), signed("+++"), signed("+-+")]).toEqual(["open", "ratified", "ratified"])
  })
  test("is not given by silence", () => {
    const late = { deadlineAt: 50, silence: "approve" as const }
    expect(signed("++", late)).toBe("expired")
    expect(signed("", { ...late, voters: named(3) })).toBe("ratified")
  })
})

describe("the deadline", () => {
  test("itself is in time, and a millisecond later silence counts as the policy says", () => {
    const at = (instant: number, silence: Council["silence"]) =>
      statusAfter("+++", { deadlineAt: 50, silence }, instant)
    expect([at(50, "abstain"), at(51, "abstain")]).toEqual(["open", "expired"])
    expect([at(50, "approve"), at(51, "approve")]).toEqual(["open", "ratified"])
  })
  test("passes over a vote that came after it", () => {
    const late = [...ballots("+++++"), { ...ballots("++++++")[5]!, at: 51 }]
    expect(tally(council({ deadlineAt: 50 }), late, 100).status).toBe("expired")
    expect(tally(council({ deadlineAt: 51 }), late, 100).status).toBe("ratified")
  })
})

test("weights count instead of heads", () => {
  const voters = [
    { voter: "v0", weight: 1_000_000, signoff: false },
    { voter: "v1", weight: 1, signoff: false },
  ]
  expect(statusAfter("+", { voters, quorum: 1_000_001 })).toBe("open")
  expect(statusAfter("++", { voters, quorum: 1_000_001 })).toBe("ratified")
  expect(statusAfter("+-", { voters, quorum: 1_000_001 })).toBe("rejected")
  expect(statusAfter("+", { voters, quorum: 1_000_000 })).toBe("ratified")
})

test("who is no voter, and what is no vote, counts for nothing", () => {
  const others = ["r-maybe", "r-ack:0", "r-ack:01", "R-ACK", "r-ack:2x", "ack"].map((action) => ({
    actor: "v0",
    action,
    at: 1,
    note: null,
  }))
  const stranger = { actor: "v9", action: "r-ack", at: 1, note: null }
  expect(tally(council({ quorum: 1 }), [...others, stranger], 100)).toMatchObject({
    status: "open",
    approving: 0,
    silent: 9,
  })
})

describe("of several votes of one voter", () => {
  const standing = (...votes: [action: string, at: number][]) =>
    standingVotes(votes.map(([action, at]) => ({ actor: "v0", action, at, note: null }))).get("v0")

  test("the highest count stands, then the later time, then the decline", () => {
    expect(standing(["r-decline:3", 1], ["r-ack:2", 9])).toMatchObject({ approve: false, n: 3 })
    expect(standing(["r-ack:2", 9], ["r-decline:2", 1])).toMatchObject({ approve: true, at: 9 })
    expect(standing(["r-ack:2", 5], ["r-decline:2", 5])).toMatchObject({ approve: false })
    expect(standing(["r-decline", 5], ["r-ack", 5])).toMatchObject({ approve: false })
  })

  test("A, B, A is three receipts, and the same vote again none", () => {
    const written: string[] = []
    const vote = (approve: boolean) => {
      const action = nextAction(
        standing(...written.map((each) => [each, 1] as [string, number])),
        approve,
      )
      if (action) written.push(action)
    }
    for (const approve of [true, true, false, false, true, false]) vote(approve)
    expect(written).toEqual(["r-ack", "r-decline:2", "r-ack:3", "r-decline:4"])
  })
})

const voter = fc.record({
  weight: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 1_000_000 })),
  signoff: fc.constantFrom(false, false, false, true),
})

/** A council, and who votes what when, in order. */
const story = fc.array(voter, { minLength: 1, maxLength: 10 }).chain((drafts) => {
  const voters = drafts.map((each, at) => ({ ...each, voter: `v${at}` }))
  return fc.record({
    council: fc.record({
      status: fc.constant<RatificationStatus>("open"),
      voters: fc.constant(voters),
      quorum: fc.integer({ min: 1, max: totalWeight(voters) }),
      silence: fc.constantFrom<Council["silence"]>("abstain", "approve"),
      deadlineAt: fc.option(fc.integer({ min: 0, max: 30 })),
    }),
    votes: fc.array(
      fc.record({
        actor: fc.integer({ min: 0, max: voters.length - 1 }).map((at) => `v${at}`),
        approve: fc.boolean(),
      }),
      { maxLength: 30 },
    ),
  })
})

type Story = typeof story extends fc.Arbitrary<infer T> ? T : never

/** The receipts that voting writes, one vote a millisecond. */
const receiptsOf = ({ votes }: Story): Ballot[] => {
  const written: Ballot[] = []
  for (const [at, { actor, approve }] of votes.entries()) {
    const action = nextAction(standingVotes(written).get(actor), approve)
    if (action) written.push({ actor, action, at, note: null })
  }
  return written
}

describe("whoever votes what and when", () => {
  test("each one's last vote in time counts, in whichever order the receipts are read", () => {
    holds(
      fc.property(story, fc.nat(), (each, seed) => {
        const written = receiptsOf(each)
        const last = new Map<string, boolean>()
        for (const [at, { actor, approve }] of each.votes.entries())
          if (!isOver(each.council, at)) last.set(actor, approve)
        const counted = tally(each.council, written, 40)
        expect(counted.votes.map(({ voter, vote }) => [voter, vote?.approve])).toEqual(
          each.council.voters.map(({ voter }) => [voter, last.get(voter)]),
        )
        const turned = written.map((_, at) => written[(at + seed) % written.length]!).toReversed()
        expect(tally(each.council, turned, 40)).toEqual(counted)
        const { approving, declining, silent } = counted
        expect(approving + declining + silent).toBe(totalWeight(each.council.voters))
      }),
      2000,
    )
  })

  test("no receipt is written twice, and a voter's counts rise by one", () => {
    holds(
      fc.property(story, (each) => {
        const written = receiptsOf(each)
        const keys = written.map(({ actor, action }) => `${actor} ${action}`)
        expect(new Set(keys).size).toBe(keys.length)
        for (const { voter } of each.council.voters)
          expect(
            written
              .filter(({ actor }) => actor === voter)
              .map(({ action }) => Number(action.split(":")[1] ?? 1)),
          ).toEqual(written.filter(({ actor }) => actor === voter).map((_, at) => at + 1))
      }),
      1000,
    )
  })

  /** Every way in which those who are silent could still vote. */
  const endings = ({ votes }: ReturnType<typeof tally>) => {
    const silent = votes.filter(({ vote }) => !vote).map(({ voter }) => voter)
    return Array.from({ length: 2 ** silent.length }, (_, bits) =>
      silent.map((voter, at) => ({
        actor: voter,
        action: (bits >> at) & 1 ? "r-ack" : "r-decline",
        at: 0,
        note: null,
      })),
    )
  }

  test("it is open only while votes can decide it both ways, and decided only when they cannot", () => {
    let decided = 0
    holds(
      fc.property(story, (each) => {
        // Before the deadline, and with nobody changing a vote.
        const timeless = { ...each.council, deadlineAt: null }
        const written = receiptsOf(each)
        const counted = tally(timeless, written, 40)
        const ends = new Set(
          endings(counted).map((more) => tally(timeless, [...written, ...more], 40).status),
        )
        // With every vote cast nothing stays open.
        expect(ends.has("open")).toBe(false)
        if (counted.status === "rejected") expect([...ends]).toEqual(["rejected"])
        else expect(ends.has("ratified")).toBe(true)
        if (counted.status === "open") expect(ends.has("rejected")).toBe(true)
        else decided++
      }),
      500,
    )
    expect(decided).toBeGreaterThan(50)
  })

  test("it is ratified exactly by enough weight and all sign-offs, and after the deadline never open", () => {
    holds(
      fc.property(story, fc.integer({ min: 0, max: 60 }), (each, at) => {
        const { council } = each
        const counted = tally(council, receiptsOf(each), at)
        const { approving, silent, status, votes } = counted
        const over = isOver(council, at)
        const isSigned = votes.every(({ signoff, vote }) => !signoff || vote?.approve === true)
        const isRefused = votes.some(({ signoff, vote }) => signoff && vote?.approve === false)
        const counting = approving + (over && council.silence === "approve" ? silent : 0)
        expect(status === "ratified").toBe(counting >= council.quorum && isSigned)
        expect(status === "rejected").toBe(isRefused || approving + silent < council.quorum)
        if (over) expect(status).not.toBe("open")
        else expect(status).not.toBe("expired")
      }),
      2000,
    )
  })

  test("an end is final", () => {
    holds(
      fc.property(
        story,
        fc.constantFrom<RatificationStatus>("ratified", "rejected", "expired"),
        (each, status) =>
          expect(tally({ ...each.council, status }, receiptsOf(each), 40).status).toBe(status),
      ),
      300,
    )
  })
})
