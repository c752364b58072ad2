import type { Played } from "./arena.ts"
import { examine } from "./examine.ts"
import { type Outcome, renderFigures } from "./figures.ts"
import { kindOfRound, type Kind, parseOptions, usage } from "./options.ts"
import { createRandom, type Random } from "./random.ts"
import { playRandom } from "./random-round.ts"
import { playHostFrozen, playHostKilled } from "./stories/host-lost.ts"
import { playLeadKilled } from "./stories/lead-killed.ts"
import { playSupervisorKilled } from "./stories/supervisor-killed.ts"

type Play = (random: Random, log: (line: string) => void) => Promise<Played>

const plays: Record<Kind, Play> = {
  "host-killed": playHostKilled,
  "host-frozen": playHostFrozen,
  "lead-killed": playLeadKilled,
  "supervisor-killed": playSupervisorKilled,
  random: playRandom,
}

const main = async (args: readonly string[]) => {
  const options = parseOptions(args, 1 + Math.floor(Math.random() * 1_000_000))
  const stopAt = Date.now() + options.minutes * 60_000
  const outcomes: Outcome[] = []
  let examined: Promise<void> = Promise.resolve()
  console.log(`seed ${options.seed}`)
  for (let round = 0; round < options.rounds && Date.now() < stopAt; round++) {
    const seed = options.seed + round
    const kind = kindOfRound(round, options.only)
    const name = `round ${round + 1} (${kind}, --only ${kind} --seed ${seed} --rounds 1)`
    console.log(name)
    const startedAt = Date.now()
    const played = await plays[kind](createRandom(seed), (line) => console.log(`  ${line}`))
    await examined
    // The next round begins while we see whether this one leaves anything behind.
    examined = examine(played, options).then((outcome) => {
      outcomes.push(outcome)
      console.log(renderOutcome(name, Date.now() - startedAt, outcome))
    })
  }
  await examined
  console.log(renderFigures(outcomes))
  return outcomes.some(({ violations }) => violations.length > 0) ? 1 : 0
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

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    console.error(`Usage: ${usage}`)
    process.exit(2)
  },
)
