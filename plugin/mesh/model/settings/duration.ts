import * as z from "zod"
import { longestTimerMs } from "../limits/numbers.ts"

/** Every duration may become a timer. */
export const duration = z.number().int().positive().max(longestTimerMs)
