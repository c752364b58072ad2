import type { RetryPolicy } from "../model/config.ts"

/** Whether an agent that has failed in attempt number `attempts` gets another one. */
export const mayRetry = (attempts: number, policy: RetryPolicy) => attempts < policy.attempts

/** base × 2^(n-1) ms after attempt n, ±20 % so that agents that fail together do not return together. */
export const backoffMs = (attempt: number, baseMs: number, random: () => number) =>
  Math.round(baseMs * 2 ** (attempt - 1) * (0.8 + 0.4 * random()))
