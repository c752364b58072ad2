import { availableParallelism, loadavg, totalmem } from "node:os"
import type { Played } from "./arena.ts"
import { endOnSignal } from "./end-on-signal.ts"
import { examine } from "./examine.ts"
import { failedOutcome, type Outcome, renderFigures } from "./figures.ts"
import { kindOfRound, type Kind, type Options, parseOptions, usage } from "./options.ts"
import { createRandom, type Random } from "./random.ts"
import { playRandom } from "./random-round.ts"
import { renderRecord, type Round } from "./record.ts"
import { playDiskFull } from "./stories/disk-full.ts"
import { playForgedMail, playPlantedPlugin } from "./stories/hostile-member.ts"
import { playHostFrozen, playHostKilled } from "./stories/host-lost.ts"
import { playLeadKilled } from "./stories/lead-killed.ts"
import { playSleepingClock, playSuspend } from "./stories/sleep.ts"
import { playSupervisorKilled } from "./stories/supervisor-killed.ts"
import { playSurvivors } from "./stories/survivors.ts"
import { playTrouble, troubles } from "./stories/trouble.ts"
import { real, standIn } from "./styles.ts"

type Play = (random: Random, log: (line: string) => void) => Promise<Played>

const plays: Record<Kind, Play> = {
  "host-killed": playHostKilled,
  "host-frozen": playHostFrozen,
  "lead-killed": playLeadKilled,
  "supervisor-killed": playSupervisorKilled,
  "disk-full": playDiskFull,
  "provider-429": (_, log) => playTrouble(troubles["provider-429"], log),
  "provider-silent": (_, log) => playTrouble(troubles["provider-silent"], log),
  "stream-cut": (_, log) => playTrouble(troubles["stream-cut"], log),
  "prints-50-mb": (_, log) => playTrouble(troubles["prints-50-mb"], log),
  "background-server": (_, log) => playTrouble(troubles["background-server"], log),
  survivors: (_, log) => playSurvivors(log),
  suspend: playSuspend,
  "sleeping-clock": playSleepingClock,
  "planted-plugin": playPlantedPlugin,
  "forged-mail": playForgedMail,
  random: (random, log) => playRandom(real, random, log),
  "stand-in": (random, log) => playRandom(standIn, random, log),
}

const main = async (args: readonly string[]) => {
  const options = parseOptions(args, 1 + Math.floor(Math.random() * 1_000_000))
  // Every world of this process then has a database of its own.
  if (options.ledger === "postgres") process.env["MESHFLEET_TEST_LEDGER"] = "postgres"
  const startedAt = Date.now()
  const outcomes: Round[] = []
  console.log(`seed ${options.seed} · ${machine()}`)
  const rounds = Array.from({ length: options.rounds }, (_, round) => ({
    round,
    kind: kindOfRound(round, options),
  }))
  // Stand-ins and faults are waited for most of the time: they go on beside the rest.
  const lanes = Map.groupBy(rounds, ({ kind }) => laneOf(kind))
  await Promise.all(
    [...lanes.values()].map((lane) =>
      playAll(lane, { options, stopAt: startedAt + options.minutes * 60_000, outcomes }),
    ),
  )
  console.log(`\n${renderRecord(outcomes)}\n\n${machine()}`)
  console.log(`${renderFigures(outcomes)} · ${Math.round((Date.now() - startedAt) / 1000)} s`)
  return outcomes.some(({ violations }) => violations.length > 0) ? 1 : 0
}

const waitedFor: readonly Kind[] = [
  "host-frozen",
  "disk-full",
  "suspend",
  "sleeping-clock",
  ...(Object.keys(troubles) as Kind[]),
]
const laneOf = (kind: Kind) =>
  kind === "stand-in" ? "stand-ins" : waitedFor.includes(kind) ? "faults" : "blows"

/** Times say little without it. */
const machine = () => {
  const gigabytes = Math.round(totalmem() / 1e9)
  const load = loadavg().map((each) => each.toFixed(1))
  return `${availableParallelism()} cores, ${gigabytes} GB, load ${load.join(" ")}`
}

const playAll = async (
  rounds: readonly { round: number; kind: Kind }[],
  { options, stopAt, outcomes }: { options: Options; stopAt: number; outcomes: Round[] },
) => {
  let examined: Promise<void> = Promise.resolve()
  for (const { round, kind } of rounds) {
    if (Date.now() > stopAt) break
    const seed = options.seed + round
    const name = `round ${round + 1} (${kind}, --only ${kind} --seed ${seed} --rounds 1)`
    const startedAt = Date.now()
    const log = (line: string) => console.log(`  ${round + 1}: ${line}`)
    // Whatever goes wrong with a round is its own: hours of others are not thrown away for it.
    const played = await plays[kind](createRandom(seed), log).catch(failedOutcome)
    const tookMs = Date.now() - startedAt
    await examined
    // The next round begins while we see whether this one leaves anything behind.
    const outcome = "world" in played ? examine(played, options).catch(failedOutcome) : played
    examined = Promise.resolve(outcome).then((known) => {
      outcomes.push({ ...known, kind, tookMs })
      console.log(renderOutcome(name, tookMs, known))
    })
  }
  await examined
}

const renderOutcome = (
  name: string,
  tookMs: number,
  { kills, messages, violations, recovery }: Outcome,
) =>
  [
    `${violations.length === 0 ? "held" : "BROKE"}: ${name}: ${kills} kills, ${messages} messages, ${Math.round(tookMs / 1000)} s` +
      `, recovery ${JSON.stringify(recovery, (_, value: unknown) => (typeof value === "number" ? Math.round(value) : value))}`,
    ...violations.map((each) => `  - ${each}`),
  ].join("\n")

endOnSignal()
main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    console.error(`Usage: ${usage}`)
    process.exit(2)
  },
)
