import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import type { Browser, Page } from "playwright-core"
import {
  createTeller,
  manyNames,
  nasty,
  tellBoard,
  tellLarge,
  tellSmall,
} from "../web/support/stories.ts"
import { session } from "../mesh/support/callers.ts"
import { askPermission, askQuestion } from "../mesh/support/asked.ts"
import { sessionEntry } from "../web/support/session-entry.ts"
import type { World } from "../web/support/world.ts"
import { launch, visit, type Visit } from "./chromium.ts"

let browser: Browser
beforeAll(async () => void (browser = await launch()))
afterAll(() => browser.close())

let open: Visit | undefined
const go = async (
  ...args: Parameters<typeof visit> extends [unknown, ...infer Rest] ? Rest : never
) => (open = await visit(browser, ...args))
afterEach(async () => {
  await open?.end()
  open = undefined
})

const small = ({ mesh }: World) => tellSmall(mesh)
const axeSource = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8")

/** What axe finds that keeps somebody from using the page. */
const barriers = async (page: Page): Promise<string[]> => {
  await page.evaluate(axeSource)
  return page.evaluate(async () => {
    const { violations } = await (
      globalThis as unknown as {
        axe: { run(options: object): Promise<{ violations: Violation[] }> }
      }
    ).axe.run({ resultTypes: ["violations"] })
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`)
  })
}
interface Violation {
  id: string
  impact: string
  nodes: { html: string }[]
}

const textOf = (page: Page, selector: string) => page.locator(selector).innerText()

describe("the page", () => {
  test("says who is stuck and why before anything else", async () => {
    const { page, complaints } = await go(small)
    const strip = await textOf(page, "#needs")
    expect(strip).toContain("3 need a look")
    expect(strip).toMatch(/maker asks you[\s\S]*git push origin checkout/)
    expect(strip).toMatch(/mapper has stalled[\s\S]*bash npm run bench/)
    const first = await page.locator("main > *").first().getAttribute("id")
    expect([first, complaints]).toEqual(["needs", []])
  })

  test("shows a fleet's tasks and what is reserved, and who needs somebody on top of the agents", async () => {
    const { page, complaints } = await go(({ mesh }) => tellBoard(mesh))
    expect(await textOf(page, ".agent-button >> nth=0")).toBe("maker")
    expect(await textOf(page, "#needs")).toContain(
      "1 asks you, 1 waits for your vote, 1 has stalled",
    )
    const rows = (selector: string) =>
      page.$$eval(`${selector} tbody tr`, (all) =>
        all.map((row) => [...row.children].map(({ textContent }) => textContent)),
      )
    expect(await rows(".board")).toEqual([
      ["1", "List every place that rounds", "done", "mapper", "its own word"],
      ["2", "Move rounding into total()", "done", "maker", "another agent has looked at it"],
      ["3", "Round refunds like charges", "claimed", "maker", ""],
      ["4", "Measure the checkout", "claimed", "mapper", ""],
      ["5", "Rename the tax table", "in review", "mapper", "mapper: renamed in the schema too"],
      ["6", "Ask the accountants", "blocked", "", "reviewer: who signs for halves of a cent?"],
      ["7", "Write it up", "cancelled", "", ""],
    ])
    expect((await rows(".reserved")).map((row) => row.slice(0, 3))).toEqual([
      ["docs/rounding.mdshared", "reviewer", "notes of the review"],
      ["src/cart/**", "maker", "rounding moves into total()"],
      ["test/refunds.test.ts", "maker", "rounding moves into total()"],
    ])
    expect(complaints).toEqual([])
  })

  test("an agent that moves in the table keeps the keyboard", async () => {
    const { page, world } = await go(small)
    await page.locator('[data-agent="maker-1"]').focus()
    await world.mesh.ledger.transact((tx) => tx.run("UPDATE questions SET state = 'answered'"))
    await page.waitForFunction(
      () => document.querySelectorAll(".agent-button")[2]!.textContent === "maker",
    )
    const focused = () => (document.activeElement as HTMLElement).dataset["agent"]
    expect(await page.evaluate(focused)).toBe("maker-1")
  })

  test("answers a question, and stops an agent, as the person", async () => {
    const { page, world } = await go(small)
    await page.getByRole("button", { name: "Allow once" }).click()
    await page.waitForFunction(() => !document.body.innerText.includes("asks you"))
    expect(await world.mesh.events("question.answered")).toMatchObject([{ answer: "once" }])
    await page.getByRole("button", { name: "Stop…" }).first().click()
    await page.getByRole("button", { name: "Stop now" }).click()
    await page.getByText("Stopped.").waitFor()
    expect((await world.mesh.agent("mapper")).stop_mode).toBe("cancel")
  })

  test("sends a message and votes by the keyboard alone", async () => {
    const { page, world } = await go(small)
    await page.keyboard.press("a")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.locator("#drawer-title", { hasText: "reviewer" }).waitFor()
    await page.keyboard.press("m")
    await page.keyboard.type("Look at the refunds too.")
    await page.keyboard.press("Control+Enter")
    await page.getByText("Sent.").waitFor()
    await page.locator(".entries li", { hasText: "Look at the refunds too." }).waitFor()
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await page.locator(".drawer").waitFor({ state: "detached" })
    await page.keyboard.press("n")
    // From the question on to the vote.
    for (let tries = 0; tries < 12; tries++) {
      const name = await page.evaluate(() => (document.activeElement as HTMLElement).innerText)
      if (name === "Approve") break
      await page.keyboard.press("Tab")
    }
    await page.keyboard.press("Enter")
    await page.waitForFunction(() =>
      document.querySelector(".councils")?.textContent?.includes("you approves"),
    )
    expect((await world.mesh.events("vote.cast")).at(-1)).toMatchObject({ voter: "human" })
  })

  test("shows a change of the ledger within half a second", async () => {
    const { page, world } = await go(small)
    const tell = createTeller(world.mesh, "flt_1")
    const times: number[] = []
    for (let round = 0; round < 5; round++) {
      const words = `edits file number ${round}`
      const shown = page.waitForFunction(
        (text) => document.querySelector(".agents")!.textContent!.includes(text),
        words,
        { polling: 10 },
      )
      const began = performance.now()
      await tell.does("reviewer", words)
      await shown
      times.push(performance.now() - began)
      await page.waitForTimeout(120)
    }
    // A busy machine holds up one or another; a pause of ours would hold up all of them.
    expect(Math.max(...times)).toBeLessThan(500)
  })

  test("shows what is counted and drawn within half a second, too", async () => {
    const { page, world } = await go(small, { height: 2000 })
    const tell = createTeller(world.mesh, "flt_1")
    const within = async (what: string, act: () => Promise<unknown>) => {
      const before = await page.locator(what).first().innerText()
      const shown = page.waitForFunction(
        ([selector, text]) => (document.querySelector(selector!) as HTMLElement).innerText !== text,
        [what, before],
        { polling: 10 },
      )
      const began = performance.now()
      await act()
      await shown
      return performance.now() - began
    }
    const tokens = "tr:has([data-agent=reviewer-1]) td:nth-of-type(4)"
    const times = [
      await within(tokens, () => tell.spends("reviewer", 50_000, 0.1)),
      await within(".chip-more", () => tell.spends("maker", 50_000, 0.1)),
      await within("tr:has([data-agent=maker-1]) td:last-of-type", () =>
        tell.says("mapper", "maker", "One more."),
      ),
      await within(".feed li", () => tell.says("maker", "mapper", "And one back.")),
      await within("#needs h2", () =>
        tell.asks("reviewer", askPermission("per_9", { patterns: ["rm -r dist"] })),
      ),
      await within(".spending b", () => tell.spends("maker", 90_000, 0.1)),
    ]
    // A busy machine holds up one or another; what is counted later would hold up half of them.
    expect(Math.max(...times)).toBeLessThan(500)
  })

  test("shows what an agent's session says, live", async () => {
    const { page, world } = await go(small)
    world.sessions.set("maker", [
      sessionEntry("prt_1", { kind: "prompt", title: "prompt", text: "Rewrite the checkout." }),
      sessionEntry("prt_2", { kind: "tool", title: "read: total.ts", state: "running" }),
    ])
    await page.locator('[data-agent="maker-1"]').click()
    await page.locator(".e-tool", { hasText: "read: total.ts" }).waitFor()
    await page.locator(".e-tool", { hasText: "running" }).waitFor()
    world.sessions.set("maker", [
      sessionEntry("prt_2", {
        kind: "tool",
        title: "read: total.ts",
        text: "export const total",
        state: "completed",
        tookMs: 40,
      }),
      sessionEntry("prt_3", { text: "Rounding is done in three places." }),
    ])
    await page.locator(".e-text", { hasText: "Rounding is done in three places." }).waitFor()
    expect(await page.locator(".e-tool").count()).toBe(1)
    expect(await textOf(page, ".e-tool")).toContain("40 ms")
    await page.locator(".e-prompt", { hasText: "Rewrite the checkout." }).waitFor()
    await page.locator(".e-tool summary").click()
    await page.getByText("export const total").waitFor()
  })

  test("shows another project, and all of them, chosen by the keyboard", async () => {
    const { page, world } = await go(async ({ mesh }) => {
      await tellSmall(mesh)
      const { id } = await mesh.given(["clerk"], {
        fleet: { name: "ledger of accounts", project: "/bank/.git" },
      })
      const tell = createTeller(mesh, id)
      await tell.created(["clerk"])
      await tell.begin("clerk")
      await tell.asks("clerk", askPermission("per_2", { patterns: ["rm -r old"] }))
    })
    const names = () => page.locator(".agent-button").allInnerTexts()
    expect(await names()).toEqual(["maker", "mapper", "reviewer"])
    expect(await page.locator("#project option").allInnerTexts()).toEqual([
      "shop · 1 running · 1 asks you",
      "bank · 1 running · 1 asks you",
      "All projects · 2 running · 2 ask you",
    ])
    await page.keyboard.press("p")
    await page.keyboard.press("ArrowDown")
    await page.locator("#needs", { hasText: "clerk asks you" }).waitFor()
    expect(await names()).toEqual(["clerk"])
    await page.getByRole("button", { name: "Allow once" }).click()
    await page.getByText("Nobody needs you").waitFor()
    expect(await world.mesh.events("question.answered")).toMatchObject([{ answer: "once" }])
    await page.locator("#project").selectOption("*")
    await page.waitForFunction(() => document.querySelectorAll(".agent-button").length === 4)
    expect((await names()).toSorted()).toEqual(["clerk", "maker", "mapper", "reviewer"])
  })

  test("switches fleets, shows several at once, and follows what runs", async () => {
    const { page, world } = await go(async ({ mesh }) => {
      await tellSmall(mesh)
      const { id } = await mesh.given(["lone"], { fleet: { name: "second" } })
      await createTeller(mesh, id).created(["lone"])
    })
    const names = () => page.locator(".agent-button").allInnerTexts()
    expect(await names()).toEqual(["maker", "mapper", "lone", "reviewer"])
    await page.getByRole("button", { name: /^checkout rewrite/ }).click()
    await page.waitForFunction(() => document.querySelectorAll(".agent-button").length === 1)
    expect(await names()).toEqual(["lone"])
    await page.getByRole("button", { name: "Follow what runs" }).click()
    await page.waitForFunction(() => document.querySelectorAll(".agent-button").length === 4)
    const third = await world.mesh.given(["late"], { fleet: { name: "third" } })
    await createTeller(world.mesh, third.id).created(["late"])
    await page.waitForFunction(() => document.querySelectorAll(".agent-button").length === 5)
  })

  test("searches agents and messages", async () => {
    const { page } = await go(small)
    await page.keyboard.press("/")
    await page.keyboard.type("rounding")
    await page.waitForFunction(() => document.querySelectorAll(".letters li").length === 2)
    await page.keyboard.press("Escape")
    await page.keyboard.press("/")
    await page.keyboard.type("reviewer")
    await page.waitForFunction(() => document.querySelectorAll(".agent-button").length === 1)
  })

  test("goes on by itself when the server was away, and reads nothing while it is hidden", async () => {
    const { page } = await go(small)
    const asked: string[] = []
    page.on("request", (request) => asked.push(new URL(request.url()).pathname))
    await page.evaluate(() => {
      Object.defineProperty(document, "hidden", { value: true, configurable: true })
      document.dispatchEvent(new Event("visibilitychange"))
    })
    await page.getByText("paused").waitFor()
    const before = asked.length
    await open!.world.mesh.set("mapper", { activity: "unseen" })
    await page.waitForTimeout(400)
    expect(asked.length).toBe(before)
    await page.evaluate(() => {
      Object.defineProperty(document, "hidden", { value: false, configurable: true })
      document.dispatchEvent(new Event("visibilitychange"))
    })
    await page.locator(".link-live").waitFor()
    await page.waitForFunction(() =>
      document.querySelector(".agents")!.textContent!.includes("unseen"),
    )
  })
})

describe("texts of agents", () => {
  test("are texts, whatever is in them", async () => {
    const { page, complaints } = await go(async ({ mesh }) => {
      const tell = await tellSmall(mesh)
      for (const text of Object.values(nasty)) {
        if (!text.includes("\u0000")) await tell.says("mapper", "reviewer", text)
        await tell.does("mapper", text, text)
      }
      for (const [index, text] of Object.values(nasty).entries())
        await mesh.set(["mapper", "reviewer", "maker"][index % 3]!, {
          activity: text,
          partial: text,
          role: text.slice(0, 80),
          blocked_on: null,
        })
    })
    await page.locator('[data-agent="mapper-1"]').click()
    await page.locator(".entries li").first().waitFor()
    await page.getByRole("tab", { name: /^Mail/ }).click()
    await page.getByText("Show all 65k characters").first().click()
    expect(await page.title()).not.toContain("owned")
    expect(
      await page.evaluate(() => document.querySelectorAll("#app script, #app img").length),
    ).toBe(0)
    // Nothing sticks out, and nothing is turned around.
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
    ).toBeLessThanOrEqual(0)
    expect(await textOf(page, ".drawer")).toContain("⟨U+202E⟩gnp.exe")
    expect(await textOf(page, "#app")).not.toContain("\u001b")
    expect(complaints).toEqual([])
  })

  test.each(Object.entries(nasty))("are texts wherever they are shown: %s", async (kind, text) => {
    // The ledger refuses NUL and what is no line where it takes one.
    const clean = text.replaceAll("\u0000", "")
    const word = clean.replace(/\p{Cc}/gu, " ").slice(0, 200)
    const { page, complaints, world } = await go(async ({ mesh }) => {
      const { id } = await mesh.given([word.slice(0, 60), "peer"], {
        fleet: { name: word, directory: `/shop/${word}` },
      })
      await mesh.ledger.transact((tx) => tx.run("UPDATE agents SET id = 'odd' WHERE position = 0"))
      const tell = createTeller(mesh, id)
      const odd = word.slice(0, 60)
      await tell.created([odd, "peer"])
      await tell.begin(odd, clean)
      await tell.begin("peer", clean)
      await tell.says(odd, "peer", clean)
      await tell.says("peer", odd, clean, "question")
      await tell.asks(
        "peer",
        askPermission("per_1", { patterns: [word], metadata: { command: clean } }),
      )
      await tell.asks(
        odd,
        askQuestion("que_1", [
          {
            question: clean,
            header: "Q",
            options: [
              { label: word.slice(0, 80), description: clean },
              { label: "no", description: "No." },
            ],
          },
        ]),
      )
      await mesh.ratifications.open(session("ses_lead"), {
        fleet_id: id,
        // A subject that turns the direction of reading is refused.
        subject: word.slice(0, 100).replace(/[\u202a-\u202e\u2066-\u2069]/g, ""),
        payload: clean,
        quorum: 2,
        voters: ["peer", "human"],
      })
      await tell.does(odd, clean, clean)
    })
    world.sessions.set(word.slice(0, 60), [
      sessionEntry("prt_1", { kind: "prompt", text: clean }),
      sessionEntry("prt_2", { kind: "text", text: clean }),
      sessionEntry("prt_3", { kind: "tool", title: word, text: clean, state: "error" }),
      sessionEntry("prt_4", { kind: "reasoning", text: clean }),
      sessionEntry("prt_5", { kind: "error", title: word, text: clean }),
    ])
    const look = async () => {
      expect(await page.title()).not.toContain("owned")
      expect(await page.locator("#app script, #app img").count()).toBe(0)
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      ).toBeLessThanOrEqual(0)
      const shown = await page.evaluate(() => document.querySelector("#app")!.textContent!)
      for (const mark of ["\u0007", "\u0008", "\u001b", "\u202e", "\u202c", "\u2067"])
        expect(shown).not.toContain(mark)
      return shown
    }
    await look()
    await page.locator('[data-agent="odd"]').click()
    await page.locator(".e-error").waitFor()
    for (const summary of await page.locator("summary").all())
      await summary.evaluate((each) => ((each.parentElement as HTMLDetailsElement).open ||= true))
    const shown = await look()
    if (kind === "emoji" || kind === "combining") expect(shown).toContain(clean)
    for (const tab of ["Mail", "About"]) {
      await page.getByRole("tab", { name: new RegExp(`^${tab}`) }).click()
      await look()
    }
    expect(complaints).toEqual([])
  })
})

describe("axe finds nothing serious", () => {
  test.each([
    ["three agents", 1440, "light"],
    ["three agents", 390, "dark"],
  ] as const)("with %s at %d px, %s", async (_, width, colorScheme) => {
    const { page } = await go(({ mesh }) => tellBoard(mesh), { width })
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" })
    // All at once: what is folded, and the drawer beside it.
    for (const summary of await page.locator("summary").all()) await summary.click()
    await page.locator('[data-agent="maker-1"]').click()
    await page.locator(".entries li").first().waitFor()
    expect(await barriers(page)).toEqual([])
  })

  test("with many agents in the dark, the shortcuts open, and without a fleet", async () => {
    const { page } = await go(({ mesh }) => tellLarge(mesh, 20, 60))
    await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" })
    expect(await barriers(page)).toEqual([])
    await page.keyboard.press("?")
    expect(await barriers(page)).toEqual([])
    await open!.end()
    const empty = await go()
    expect(await barriers(empty.page)).toEqual([])
  })

  test("and nothing sticks out of a phone", async () => {
    const { page } = await go(({ mesh }) => tellLarge(mesh), { width: 390, height: 844 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    await page.locator(".agent-button").first().click()
    await page.locator(".entries li").first().waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  })
})

describe("the drawings", () => {
  test("keep up with 64 agents and 20 messages a second, and rest when nothing moves", async () => {
    const { page, world } = await go(({ mesh }) => tellLarge(mesh))
    const tell = createTeller(world.mesh, "flt_1")
    const names = manyNames(48).filter((_, at) => at % 9 !== 8)
    // Each picture in which a message is somewhere else than in the one before.
    const moved = page.evaluate(
      (ms) =>
        new Promise<number>((resolve) => {
          const began = performance.now()
          let [last, count] = ["", 0]
          const look = () => {
            const dots = [...document.querySelectorAll(".above i")]
            const places = dots.map((dot) => getComputedStyle(dot).transform).join()
            if (places !== last) count++
            last = places
            if (performance.now() - began < ms) requestAnimationFrame(look)
            else resolve(count / ((performance.now() - began) / 1000))
          }
          requestAnimationFrame(look)
        }),
      2500,
    )
    const began = performance.now()
    for (let sent = 0; performance.now() - began < 2500; sent++) {
      const [from, to] = [names[(sent * 7) % names.length]!, names[(sent * 5 + 3) % names.length]!]
      if (from !== to) await tell.says(from, to, `message ${sent}`)
      await Bun.sleep(Math.max(0, began + sent * 50 - performance.now()))
    }
    // 30 on a machine with time for it; what other tests leave of this one still looks like motion.
    expect(await moved).toBeGreaterThan(15)
    expect(await moved).toBeLessThan(40)
    await page.waitForFunction(() => document.getAnimations().length === 0)
  })

  test("open the agent that is clicked, and zoom and move by the keyboard", async () => {
    const { page } = await go(small)
    const box = (await page.locator(".drawing").boundingBox())!
    let opened = 0
    for (let y = 20; y < box.height && opened === 0; y += 12)
      for (let x = 20; x < box.width && opened === 0; x += 22) {
        await page.mouse.move(box.x + x, box.y + y)
        const isAgent = await page
          .locator(".drawing")
          .evaluate((place) => place.style.cursor === "pointer")
        if (!isAgent) continue
        await page.mouse.click(box.x + x, box.y + y)
        await page.locator("#drawer-title").waitFor()
        opened++
      }
    expect(opened).toBe(1)
    await page.keyboard.press("Escape")
    const span = () => textOf(page, "#timeline-title")
    const whole = await span()
    await page.keyboard.press("l")
    await page.keyboard.press("+")
    await page.waitForFunction(
      (before) => document.querySelector("#timeline-title")!.textContent !== before,
      whole,
    )
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("Home")
    await page.waitForFunction(
      (before) => document.querySelector("#timeline-title")!.textContent!.includes(before),
      "min",
    )
  })
})
