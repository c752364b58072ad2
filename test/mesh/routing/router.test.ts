import { describe, expect, test } from "bun:test"
import { writeRoster } from "../../../plugin/mesh/routing/roster/roster-file.ts"
import { countRoster } from "../../../plugin/mesh/routing/roster/roster-index.ts"
import { createRouter } from "../../../plugin/mesh/routing/router.ts"
import { agent, roster, specialist } from "./candidates.ts"

const idsOf = (matches: readonly { id: string }[]) => matches.map(({ id }) => id)
const ask = (description: string, candidates = roster, top = 3) =>
  createRouter().rank({ description, top }, candidates)

describe("a description", () => {
  test("finds the specialist whose words it uses, with a reason in words", () => {
    const [match] = ask("audit the session handling for a vulnerability")
    expect(match).toMatchObject({ kind: "specialist", id: "security-auditor", weight: 1 })
    expect(match?.reason).toMatch(/^matches: .*session/)
  })

  test("finds by a question that is asked in like words", () => {
    expect(ask("why does the list of orders take forever")[0]?.id).toBe("database-optimizer")
  })

  test("finds in spite of slips of the keyboard", () => {
    expect(ask("potsgres qurey very slwo")[0]?.id).toBe("database-optimizer")
  })

  test("finds in another language, by the field's words and by their meaning", () => {
    expect(ask("Die Anmeldung hat eine Schwachstelle")[0]?.id).toBe("security-auditor")
    expect(ask("登录页面的安全审计")[0]?.id).toBe("security-auditor")
    expect(ask("la consulta a la base de datos es lenta")[0]?.id).toBe("database-optimizer")
  })

  test("matches whole words only: ok is no part of book", () => {
    const matches = ask("ok", roster, 4)
    expect(matches.find(({ id }) => id === "book-author")?.reason).toBe("no word in common")
    expect(matches.some(({ fits }) => fits)).toBe(false)
  })

  test("counts its keywords as well", () => {
    const matches = createRouter().rank(
      { description: "please have a look", keywords: ["postgres"], top: 1 },
      roster,
    )
    expect(matches[0]?.id).toBe("database-optimizer")
  })

  test("of any kind is safe", () => {
    const texts = [
      "",
      " \n\t",
      "👍🎉",
      "constructor",
      "__proto__ toString hasOwnProperty",
      "\u0000\u0007\u001b[31m",
      "\ud800 lone \udfff",
      "٣ עברית ไทย",
      "a".repeat(65_536),
      "check the login ".repeat(4096),
      "表".repeat(20_000),
    ]
    for (const text of texts) {
      const matches = ask(text)
      expect(matches).toHaveLength(3)
      for (const { score, confidence } of matches) {
        expect(score).toBeGreaterThan(0)
        expect(confidence).toBeGreaterThan(0)
        expect(confidence).toBeLessThan(1)
      }
    }
  })

  test("is read up to 4,000 characters", () => {
    const long = `${"lorem ipsum ".repeat(400)} postgres slow query`
    const short = long.slice(0, 4000)
    expect(ask(long)).toEqual(ask(short))
  })
})

describe("the answer", () => {
  test("has as many rows as asked for, or all there are", () => {
    for (const [top, rows] of [
      [0, 0],
      [1, 1],
      [4, 4],
      [50, 4],
    ] as const) {
      expect(ask("slow query", roster, top)).toHaveLength(rows)
    }
    expect(createRouter().rank({ description: "anything", top: 3 }, [])).toEqual([])
  })

  test("marks small talk as not fitting and does not hide it", () => {
    for (const text of ["lol ok", "thanks, see you tomorrow", "tell me a joke", "danke dir"]) {
      expect(ask(text).map(({ fits }) => fits)).toEqual([false, false, false])
    }
    expect(ask("the postgres query is slow, find the missing index")[0]?.fits).toBe(true)
  })

  test("takes its threshold from the configuration", () => {
    const rank = (threshold: number) =>
      createRouter({ config: { threshold } }).rank({ description: "slow query", top: 1 }, roster)
    expect(rank(0)[0]?.fits).toBe(true)
    expect(rank(1)[0]?.fits).toBe(false)
  })

  test("has a confidence that rises strictly with the score", () => {
    const matches = [
      "slow query",
      "audit the login",
      "hello",
      "react layout broken on the phone",
    ].flatMap((text) => ask(text, roster, 4))
    const sorted = matches.toSorted((a, b) => a.score - b.score)
    sorted.slice(1).forEach((match, at) => {
      const before = sorted[at]!
      if (match.score > before.score) expect(match.confidence).toBeGreaterThan(before.confidence)
      else expect(match.confidence).toBe(before.confidence)
    })
    expect(new Set(matches.map(({ confidence }) => confidence.toFixed(6))).size).toBeGreaterThan(8)
  })

  test("keeps the order of relevance where all are unlikely", () => {
    const matches = ask("ok slow", roster, 4)
    expect(matches.some(({ fits }) => fits)).toBe(false)
    expect(matches[0]?.id).toBe("database-optimizer")
    expect(matches[0]!.score).toBeGreaterThan(matches[1]!.score)
  })

  test("breaks ties by load, then by name", () => {
    const same = ["zebra", "alpha", "middle"].map((id) => agent(id, "Helper", []))
    expect(idsOf(ask("slow query", same))).toEqual(["alpha", "middle", "zebra"])
    const busy = same.map((each) => (each.id === "alpha" ? { ...each, load: 3 } : each))
    expect(idsOf(ask("slow query", busy))).toEqual(["middle", "zebra", "alpha"])
  })
})

describe("feedback", () => {
  const twins = [agent("one", "Tester", ["login test"]), agent("two", "Tester", ["login test"])]
  const outcomes = new Map([
    ["one", { successes: 0, failures: 4 }],
    ["two", { successes: 4, failures: 0 }],
  ])
  const feedback = (id: string) => outcomes.get(id) ?? { successes: 0, failures: 0 }

  test("multiplies the score before the cut", () => {
    const router = createRouter()
    const [plain] = router.rank({ description: "test the login", top: 1 }, twins)
    const [best] = router.rank({ description: "test the login", top: 1 }, twins, feedback)
    expect(plain).toMatchObject({ id: "one", weight: 1 })
    expect(best).toMatchObject({ id: "two", weight: 1.25 })
    expect(best!.score).toBeCloseTo(plain!.score * 1.25, 10)
  })
})

describe("running agents", () => {
  const description = "audit authentication security vulnerabilities"

  test("come before a specialist that fits equally while they are idle", () => {
    const idle = agent("sec-7k2m", "Security Auditor", ["authentication"])
    expect(idsOf(ask(description, [...roster, idle]))).toEqual([
      "sec-7k2m",
      "security-auditor",
      expect.any(String),
    ])
  })

  test("come after it when they are busy or not available", () => {
    const busy = agent("sec-7k2m", "Security Auditor", ["authentication"], { load: 12 })
    expect(ask(description, [...roster, busy])[0]?.id).toBe("security-auditor")
    const away = agent("sec-7k2m", "Security Auditor", ["authentication"], { available: false })
    expect(ask(description, [...roster, away])[0]?.id).toBe("security-auditor")
  })

  test("are known by an alias of a specialist, or as what they were started as", () => {
    for (const copy of [
      agent("a", "appsec", []),
      agent("a", "Colleague", [], { specialist: "security-auditor" }),
    ]) {
      expect(ask(description, [...roster, copy])[0]?.id).toBe("a")
    }
  })

  test("win by their own skills, and only with these", () => {
    const helper = agent("helper", "Helper", ["kafka", "consumer lag", "message queue"])
    expect(ask("the kafka consumer lag grows", [...roster, helper])[0]?.id).toBe("helper")
    expect(ask("the postgres query is slow", [...roster, helper])[0]?.id).toBe("database-optimizer")
  })

  test("are ranked without any specialist, too", () => {
    const fleet = [agent("a", "Explorer", ["search"]), agent("b", "Database", ["postgres"])]
    expect(ask("tune the postgres database", fleet)[0]?.id).toBe("b")
  })

  test("that register a new skill are found by it at once", () => {
    const router = createRouter()
    const rank = (skills: string[]) =>
      router.rank({ description: "write the terraform module", top: 1 }, [
        ...roster,
        agent("a", "Helper", skills),
      ])
    expect(rank([])[0]?.reason).not.toContain("terraform")
    expect(rank(["terraform"])[0]?.id).toBe("a")
    expect(rank(["terraform"])[0]?.reason).toContain("matches: terraform")
  })
})

describe("configuration", () => {
  test("adds synonyms, both ways", () => {
    const config = { synonyms: { "the blue book": ["chapter"] } }
    const [match] = createRouter({ config }).rank({ description: "the blue book", top: 1 }, roster)
    expect(match?.id).toBe("book-author")
  })

  test("adds a taxonomy: who has the broader skill is found for the narrower", () => {
    const candidates = [agent("a", "A", ["databases"]), agent("b", "B", ["painting"])]
    const query = { description: "shard the foodb cluster", top: 1 }
    const config = { taxonomy: { databases: ["foodb"] } }
    expect(createRouter().rank(query, candidates.toReversed())[0]?.reason).toBe("no word in common")
    expect(createRouter({ config }).rank(query, candidates.toReversed())[0]?.id).toBe("a")
  })
})

describe("a counted roster", () => {
  const file = writeRoster(countRoster(roster))
  const queries = ["the postgres qurey is slow", "Die Anmeldung hat eine Schwachstelle", "登录"]

  test("answers as the texts do from which it was counted", () => {
    for (const description of queries) {
      expect(createRouter({ roster: file }).rank({ description, top: 4 }, roster)).toEqual(
        createRouter().rank({ description, top: 4 }, roster),
      )
    }
  })

  test("knows the questions of specialists that come without them", () => {
    const asked = roster.map((each) =>
      each.id === "book-author" ? { ...each, questions: ["my memoir sags in the middle"] } : each,
    )
    const counted = writeRoster(countRoster(asked))
    const [match] = createRouter({ roster: counted }).rank(
      { description: "the memoir sags", top: 1 },
      roster,
    )
    expect(match?.id).toBe("book-author")
  })

  test("is not used for a specialist whose text is another one now", () => {
    const changed = roster.map((each) =>
      each.id === "book-author" ? { ...each, skills: ["zeppelin"] } : each,
    )
    const router = createRouter({ roster: file })
    expect(router.rank({ description: "zeppelin", top: 1 }, changed)[0]).toMatchObject({
      id: "book-author",
      reason: "matches: zeppelin",
    })
    const [match] = router.rank({ description: "manuscript", top: 1 }, changed)
    expect(match?.reason).not.toContain("matches")
  })

  test("ranks a specialist of the user's own beside the counted ones", () => {
    const own = specialist("bee-keeper", "Bee Keeper", ["hive", "swarm"], {
      triggers: ["my bees are leaving"],
    })
    const router = createRouter({ roster: file })
    expect(router.rank({ description: "the hive is empty", top: 1 }, [...roster, own])[0]?.id).toBe(
      "bee-keeper",
    )
  })

  test("that cannot be read is counted anew", () => {
    for (const broken of [
      new Uint8Array(),
      file.slice(0, 1000),
      new TextEncoder().encode("{}\n"),
    ]) {
      const [match] = createRouter({ roster: broken }).rank(
        { description: "slow query", top: 1 },
        roster,
      )
      expect(match?.id).toBe("database-optimizer")
    }
  })
})
