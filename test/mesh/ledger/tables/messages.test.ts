import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { type Ledger, openLedger } from "../../../../plugin/mesh/ledger/ledger.ts"
import type { Query, Tx } from "../../../../plugin/mesh/ledger/port.ts"
import { injectedUnseen } from "../../../../plugin/mesh/ledger/tables/mail/reads.ts"
import * as messages from "../../../../plugin/mesh/ledger/tables/messages.ts"
import type { DeliveryRow } from "../../../../plugin/mesh/ledger/tables/rows.ts"
import { createClock } from "../../support/clock.ts"

let ledger: Ledger
let clock: ReturnType<typeof createClock>
beforeEach(async () => {
  clock = createClock()
  ledger = await openLedger(":memory:", { now: clock.now })
})
afterEach(() => ledger.close())

const recipient = "a1"
/** A message for a1, and the place it has in its inbox. */
const file = ({ wake = 1, isNotice = false, about = null as string | null, to = recipient } = {}) =>
  ledger.transact(async (tx) => {
    const seq = await messages.insertMessage(tx, {
      id: `msg_${crypto.randomUUID()}`,
      fleet_id: "flt_1",
      from_agent_id: isNotice ? "meshfleet" : "a2",
      to_agent_id: to,
      type: "alert",
      payload: "x",
      payload_kind: "text",
      correlation_id: about,
      via: null,
      hops: 0,
      created_at: tx.at,
    })
    const delivery = { recipient: to, message_seq: seq, wake, accepted_at: tx.at }
    await messages.insertDelivery(tx, delivery, isNotice)
    return { recipient: to, seq }
  })
const write = <T>(change: (tx: Tx) => Promise<T>) => ledger.transact(change)
const read = <T>(query: (db: Query) => Promise<T>) => ledger.read(query)
const delivery = async ({ seq }: { seq: number }): Promise<DeliveryRow> =>
  (await read((db) => messages.deliveriesOf(db, seq)))[0]!
const state = async (filed: { seq: number }) => (await delivery(filed)).state
const unacked = () => read((db) => messages.unackedCount(db, recipient))

describe("an inbox", () => {
  test("counts mail as it comes and as it is acknowledged, each once", async () => {
    expect(await unacked()).toBe(0)
    const [first, second] = [await file(), await file()]
    expect([(await delivery(first)).position, (await delivery(second)).position]).toEqual([1, 2])
    expect(await unacked()).toBe(2)
    const acknowledge = (automatic: boolean) =>
      write((tx) => messages.acknowledge(tx, recipient, first.seq, automatic))
    expect([await acknowledge(true), await acknowledge(false)]).toEqual([true, false])
    expect(await unacked()).toBe(1)
    expect(await delivery(first)).toMatchObject({ state: "acked", auto_acked: 1 })
  })

  test("does not count notices of ours, before or after they are acknowledged", async () => {
    await file()
    const notice = await file({ isNotice: true })
    expect((await delivery(notice)).position).toBeNull()
    expect(await unacked()).toBe(1)
    await write((tx) => messages.acknowledge(tx, recipient, notice.seq, true))
    expect(await unacked()).toBe(1)
    expect((await delivery(await file())).position).toBe(2)
  })
})

describe("a delivery", () => {
  test("moves forward only, with the time of each step", async () => {
    const mail = await file()
    const advance = (to: "injected" | "seen") => write((tx) => messages.advance(tx, mail, to))
    clock.advance(10)
    expect(await advance("injected")).toBe(true)
    clock.advance(10)
    expect([await advance("seen"), await advance("injected"), await advance("seen")]).toEqual([
      true,
      false,
      false,
    ])
    const { accepted_at, injected_at, seen_at, tries } = await delivery(mail)
    expect([injected_at! - accepted_at, seen_at! - accepted_at, tries]).toEqual([10, 20, 1])
    await write((tx) => messages.acknowledge(tx, recipient, mail.seq, false))
    expect(await advance("seen")).toBe(false)
  })

  test("acknowledged before it was injected has been both at that moment", async () => {
    const mail = await file()
    clock.advance(5)
    await write((tx) => messages.acknowledge(tx, recipient, mail.seq, false))
    const { injected_at, seen_at, acked_at } = await delivery(mail)
    expect([injected_at, seen_at]).toEqual([acked_at, acked_at])
  })

  test("that the session does not hold is put there again, one that was seen is not", async () => {
    const [lost, seen] = [await file(), await file()]
    await write(async (tx) => {
      await messages.advance(tx, lost, "injected")
      await messages.advance(tx, seen, "seen")
      await messages.deliverAgain(tx, lost)
      await messages.deliverAgain(tx, seen)
    })
    expect([await state(lost), await state(seen)]).toEqual(["accepted", "seen"])
  })

  test("stays unseen for as long as nobody shows it again, and counts its tries", async () => {
    const mail = await file()
    await write((tx) => messages.advance(tx, mail, "injected"))
    const injectedAt = clock.now()
    const unseen = (before: number) =>
      read(async (db) => (await injectedUnseen(db, recipient, before)).length)
    expect([await unseen(injectedAt - 1), await unseen(injectedAt)]).toEqual([0, 1])
    clock.advance(1000)
    await write((tx) => messages.countTry(tx, mail))
    expect([await unseen(injectedAt), (await delivery(mail)).tries]).toEqual([0, 2])
    expect(await write((tx) => messages.setTries(tx, mail, 9))).toBe(true)
    await write((tx) => messages.advance(tx, mail, "seen"))
    expect(await write((tx) => messages.setTries(tx, mail, 1))).toBe(false)
    expect(await unseen(clock.now())).toBe(0)
  })
})

test("mail that may wake is found behind what may not, until it wakes nobody any more", async () => {
  await file({ wake: 0 })
  const waking = await file()
  const found = () => read((db) => messages.wakingMail(db, recipient))
  expect((await found()).map(({ seq }) => seq)).toEqual([waking.seq])
  expect(await read((db) => messages.hasWakingMail(db, recipient))).toBe(true)
  await write((tx) => messages.clearWakes(tx, recipient))
  expect([await found(), await read((db) => messages.hasWakingMail(db, recipient))]).toEqual([
    [],
    false,
  ])
  expect(await read((db) => messages.undelivered(db, recipient))).toHaveLength(2)
})

test("mail for somebody who is gone is parked, and waits again for who comes back or takes over", async () => {
  const [waiting, injected, seen] = [await file(), await file(), await file()]
  const states = () => Promise.all([waiting, injected, seen].map(state))
  await write(async (tx) => {
    await messages.advance(tx, injected, "injected")
    await messages.advance(tx, seen, "seen")
  })
  const park = () => write((tx) => messages.parkDeliveries(tx, recipient))
  expect(await park()).toBe(1)
  expect(await states()).toEqual(["parked", "injected", "seen"])
  await write((tx) => messages.unparkDeliveries(tx, recipient))
  expect(await states()).toEqual(["accepted", "injected", "seen"])
  await park()
  // Another session holds nothing of what the former one was given.
  await write((tx) => messages.redirectDeliveries(tx, recipient))
  expect(await states()).toEqual(["accepted", "accepted", "seen"])
})

test("news that needs no telling is withdrawn, mail of agents is not", async () => {
  const lead = "lead:flt_1"
  const to = { to: lead }
  const [mail, news, asked] = [
    await file(to),
    await file({ ...to, isNotice: true }),
    await file({ ...to, isNotice: true, about: "ask_1" }),
  ]
  const about = (id: string) => write((tx) => messages.withdrawNoticesAbout(tx, "flt_1", id))
  expect([await about("ask_2"), await about("ask_1"), await about("ask_1")]).toEqual([0, 1, 0])
  expect([await state(news), await state(asked)]).toEqual(["accepted", "acked"])
  await write((tx) => messages.withdrawNotices(tx, "flt_1"))
  expect([await state(mail), await state(news)]).toEqual(["accepted", "acked"])
})
