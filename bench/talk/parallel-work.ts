import { say } from "../../demo/scripts/reading.ts"
import { bash, fillWithRetry, grep, read } from "./retry-repository.ts"
import { answersOf, report, leadOf, type Script, task, type Work } from "./work.ts"

const agent = "general"

const agents = [
  {
    name: "mapper",
    role: "Mapper",
    agent,
    prompt:
      "Map this library, read-only: its modules, what each exports, and how a failed call comes to be tried again. Answer with a short map that names files and functions. Change nothing.",
  },
  {
    name: "prober",
    role: "Edge case prober",
    agent,
    prompt:
      "Find out by running it what createTimeout in lib/retry.js answers for factor 0, for a minTimeout of 0, and with randomize, and whether maxTimeout always holds. Answer with each call and what it gave, and a verdict. Change nothing.",
  },
  {
    name: "documenter",
    role: "Documentation checker",
    agent,
    prompt:
      "Compare the options that README.md documents with those that lib/ reads. Answer with every option that is in only one of them, with file and line, and a verdict. Change nothing.",
  },
] as const

const mapper: Script = ({ toolResults: [files, entry, operation, uses] }) => {
  if (!files) return bash("git ls-files | xargs wc -l", "List the files and their lengths")
  if (!entry) return read("lib/retry.js")
  if (!operation) return read("lib/retry_operation.js")
  if (!uses) return grep("RetryOperation\\.prototype\\.\\w+ =")
  return say(
    [
      "index.js only re-exports lib/retry.js.",
      "lib/retry.js: operation(options) makes a RetryOperation from timeouts(options); createTimeout(attempt, opts) gives one delay, minTimeout × factor^attempt, rounded and cut at maxTimeout; wrap(obj, options, methods) replaces methods of an object by ones that retry.",
      "lib/retry_operation.js: RetryOperation keeps the delays and the errors so far. attempt(fn) calls fn with the number of the attempt; retry(err) takes the next delay, starts a timer that calls fn again and returns true, or returns false when there is no delay left, when maxRetryTime has passed or when there is no error. mainError() names the most frequent error.",
      "Who calls whom: wrap → operation → timeouts → createTimeout; a caller's callback → retry → its timer → the caller's function.",
    ].join("\n"),
  )
}

const probe = `node -e '
const retry = require("./lib/retry.js")
const base = { factor: 2, minTimeout: 1000, maxTimeout: Infinity, randomize: false }
for (const more of [{ factor: 0 }, { minTimeout: 0 }, { randomize: true, maxTimeout: 1500 }])
  console.log(JSON.stringify(more), [0, 1, 2].map((at) => retry.createTimeout(at, { ...base, ...more })).join(" "))'`

const bounds = `node -e '
const retry = require("./lib/retry.js")
let over = 0
for (let at = 0; at < 10000; at++)
  if (retry.createTimeout(at % 10, { factor: 2, minTimeout: 1000, maxTimeout: 5000, randomize: true }) > 5000) over++
console.log(over, "of 10000 over maxTimeout")'`

const prober: Script = ({ toolResults: [source, tests, first, second] }) => {
  if (!source) return read("lib/retry.js")
  if (!tests) return grep("createTimeout|maxTimeout")
  if (!first) return bash(probe, "Call createTimeout with unusual options")
  if (!second) return bash(bounds, "Look whether maxTimeout always holds")
  return say(
    [
      "createTimeout(0..2) with unusual options:",
      first.text.trim(),
      `With randomize and maxTimeout 5000: ${second.text.trim()}.`,
      "Verdict: maxTimeout always holds, since it is applied last (lib/retry.js, Math.min). A factor of 0 gives one delay and then none; a minTimeout of 0 gives none at all, so that a call is tried again at once. Neither is refused.",
    ].join("\n"),
  )
}

const documenter: Script = ({ toolResults: [readme, entry, operation, options] }) => {
  if (!readme) return read("README.md")
  if (!entry) return read("lib/retry.js")
  if (!operation) return read("lib/retry_operation.js")
  if (!options) return grep("options(\\.| && options\\.)\\w+|opts\\.\\w+")
  return say(
    [
      "In both: retries, factor, minTimeout, maxTimeout, randomize, forever, unref, maxRetryTime.",
      "Only in lib/: an array in place of the options of retry.timeouts (lib/retry.js, first lines of timeouts) and of retry.wrap, where it stands for the methods; attempt's timeoutOps.timeout and timeoutOps.cb (lib/retry_operation.js) are described in the text and not in the list.",
      "Only in README.md: none.",
      "Verdict: the documentation is complete but for the array that retry.timeouts takes.",
    ].join("\n"),
  )
}

/** Three that have nothing to say to each other. */
export const parallelWork = (): Work => ({
  title: "Map this library, probe its edge cases and check its documentation",
  fill: fillWithRetry,
  subagents: {},
  members: { mapper, prober, documenter },

  leadOfFleet: leadOf(agents),

  leadWithTask(context) {
    const answers = answersOf(context)
    return answers.length === 0 ? { toolCalls: agents.map(task) } : say(report(answers.join("\n")))
  },
})
