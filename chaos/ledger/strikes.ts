import type { Random } from "../random.ts"

export interface Strike {
  /** After the last one, once somebody has written again. */
  afterMs: number
  victims: readonly string[]
  /** The database's server is killed too, and is back after so long. */
  serverBackMs?: number
}

/** Now and then longer than a call waits for a server that is away. */
const longAwayMs = 7000

export const planStrikes = (
  random: Random,
  names: readonly string[],
  { kills, serverKills }: { kills: number; serverKills: number },
): Strike[] => {
  const every = serverKills > 0 ? Math.floor(kills / serverKills) : 0
  return Array.from({ length: kills }, (_, at) => {
    const isServers = every > 0 && at % every === every - 1 && at < every * serverKills
    const back = (at + 1) / every === 2 ? longAwayMs : random.between(0, 1500)
    return {
      afterMs: random.between(0, 250),
      victims: pickVictims(random, names),
      ...(isServers && { serverBackMs: back }),
    }
  })
}

/** One, some, or all: with all, whoever was writing is among them. */
const pickVictims = (random: Random, names: readonly string[]) => {
  const share = random.next()
  if (share < 0.15) return names
  const count = share < 0.6 ? 1 : random.between(2, Math.max(2, Math.ceil(names.length / 4)))
  const left = [...names]
  return Array.from(
    { length: Math.min(count, names.length) },
    () => left.splice(random.between(0, left.length - 1), 1)[0]!,
  )
}
