import { call, mailFrom, say } from "../../demo/scripts/reading.ts"
import { bash, fillWithRetry, grep, read } from "./retry-repository.ts"
import {
  answersOf,
  partFor,
  passedOn,
  report,
  leadOf,
  type Script,
  task,
  type Work,
} from "./work.ts"

const agent = "general"
const testFile = "test/integration/test-full-jitter.js"

const tasks = {
  implementer:
    'Add full jitter to lib/retry.js: with randomize: "full" createTimeout answers a whole number between 0 and the delay it would answer without randomize, maxTimeout applied. randomize: true stays as it is. Document it in README.md in one line. Try it with node.',
  tester: `Test the change to lib/retry.js that the implementer hands to you, in ${testFile}, with node:assert alone: bounds, maxTimeout, that randomize: true is as it was. Run it with node.`,
  reviewer:
    "Review the change to lib/retry.js, README.md and its test that the tester hands to you: read the diff, look for other readers of randomize, run the test yourself. Answer with a verdict and file:line for every finding. Change nothing.",
}

const agents = [
  {
    name: "implementer",
    role: "Implementer",
    agent,
    prompt: `${tasks.implementer} Then send_message to "tester", type handoff: what you changed and what is to be tested. Answer with what you changed.`,
  },
  {
    name: "tester",
    role: "Tester",
    agent,
    waits: true,
    prompt: `${tasks.tester} Then send_message to "reviewer", type handoff: what was changed and what you tested. Answer with what the test printed.`,
  },
  { name: "reviewer", role: "Reviewer", agent, waits: true, prompt: tasks.reviewer },
]

const before = `  var random = (opts.randomize)
    ? (Math.random() + 1)
    : 1;

  var timeout = Math.round(random * opts.minTimeout * Math.pow(opts.factor, attempt));
  timeout = Math.min(timeout, opts.maxTimeout);

  return timeout;`

const after = `  var isFull = opts.randomize === 'full';
  var random = (opts.randomize && !isFull)
    ? (Math.random() + 1)
    : 1;

  var timeout = Math.round(random * opts.minTimeout * Math.pow(opts.factor, attempt));
  timeout = Math.min(timeout, opts.maxTimeout);

  return isFull ? Math.round(Math.random() * timeout) : timeout;`

const documented =
  "* `randomize`: Randomizes the timeouts by multiplying with a factor between `1` to `2`. Default is `false`."

const tryIt = `node -e '
const { createTimeout } = require("./lib/retry.js")
const opts = { factor: 2, minTimeout: 1000, maxTimeout: 5000 }
for (const randomize of [false, true, "full"])
  console.log(randomize, [0, 1, 2, 3].map((at) => createTimeout(at, { ...opts, randomize })).join(" "))'`

const implementer: Script = ({
  toolResults: [files, source, readme, edited, told, tried, sent],
}) => {
  if (!files) return bash("git ls-files && git log --oneline | head -3", "Look around")
  if (!source) return read("lib/retry.js")
  if (!readme) return grep("randomize")
  if (!edited)
    return call("edit", { filePath: "lib/retry.js", oldString: before, newString: after })
  if (!told)
    return call("edit", {
      filePath: "README.md",
      oldString: documented,
      newString: `${documented} \`'full'\` takes any whole number from \`0\` to the timeout instead.`,
    })
  if (!tried) return bash(tryIt, "Print delays for each randomize")
  if (!/^full \d+/m.test(tried.text)) throw new Error(`the change does not work: ${tried.text}`)
  if (!sent)
    return call("send_message", {
      to_agent_id: "tester",
      type: "handoff",
      payload:
        'lib/retry.js, createTimeout: randomize "full" now answers Math.round(Math.random() × delay) after maxTimeout was applied; true multiplies by 1 to 2 as before; README.md has a line for it. To test: 0 ≤ answer ≤ delay, maxTimeout, whole numbers, and that true is unchanged.',
    })
  return say(
    `Changed lib/retry.js (createTimeout) and README.md (list of options). node printed:\n${tried.text.trim()}`,
  )
}

const test = `var assert = require('assert');
var retry = require('../../lib/retry');

var opts = { factor: 2, minTimeout: 1000, maxTimeout: 5000 };
var with_ = function(randomize) {
  return Object.assign({}, opts, { randomize: randomize });
};

(function testFullJitterStaysWithinTheDelay() {
  for (var i = 0; i < 2000; i++) {
    var attempt = i % 6;
    var delay = retry.createTimeout(attempt, with_(false));
    var jittered = retry.createTimeout(attempt, with_('full'));
    assert.ok(jittered >= 0 && jittered <= delay, jittered + ' of ' + delay);
    assert.strictEqual(jittered, Math.round(jittered));
  }
})();

(function testFullJitterUsesTheLowerHalfToo() {
  var low = 0;
  for (var i = 0; i < 2000; i++) {
    if (retry.createTimeout(2, with_('full')) < 2000) low++;
  }
  assert.ok(low > 800 && low < 1200, low + ' of 2000');
})();

(function testTrueIsUnchanged() {
  for (var i = 0; i < 2000; i++) {
    var jittered = retry.createTimeout(1, with_(true));
    assert.ok(jittered >= 2000 && jittered <= 4000, String(jittered));
  }
})();

console.log('3 tests passed');
`

const tester: Script = (context) => {
  const handoff: string | undefined = mailFrom(context, "handoff", "implementer")
  if (!handoff) return say("I wait for the implementer's handoff.")
  const [diff, sample, wrote, ran, sent] = context.toolResults
  if (!diff) return bash("git diff", "See what was changed")
  if (!sample) return read("test/integration/test-timeouts.js")
  if (!wrote) return call("write", { filePath: testFile, content: test })
  if (!ran) return bash(`node ${testFile}`, "Run the new test")
  if (!ran.text.includes("3 tests passed")) throw new Error(`the test fails: ${ran.text}`)
  if (!sent)
    return call("send_message", {
      to_agent_id: "reviewer",
      type: "handoff",
      payload: `${handoff} Tested in ${testFile}: bounds and whole numbers over 2,000 calls, the lower half is used, true gives 1 to 2 times the delay. ${ran.text.trim()}.`,
    })
  return say(`Added ${testFile}. It printed: ${ran.text.trim()}.`)
}

const reviewer: Script = (context) => {
  const handoff: string | undefined = mailFrom(context, "handoff", "tester")
  if (!handoff) return say("I wait for the tester's handoff.")
  const [diff, source, uses, ran] = context.toolResults
  if (!diff) return bash(`git diff && cat ${testFile}`, "Read the change and its test")
  if (!source) return read("lib/retry.js")
  if (!uses) return grep("randomize")
  if (!ran) return bash(`node ${testFile}`, "Run the test")
  return say(
    [
      "Verdict: good to merge, two remarks.",
      "lib/retry.js, createTimeout: the jitter is taken after maxTimeout, so the bound holds; any other true value keeps its meaning.",
      "1. lib/retry.js, timeouts(): it sorts the delays ascending, so that with full jitter a later attempt never waits less than an earlier one. README.md should say so, or the sort be left out for it.",
      `2. ${testFile}: the share of the lower half is tested with a margin of ten standard deviations; it will not fail by chance.`,
      `I ran it: ${ran.text.trim()}.`,
    ].join("\n"),
  )
}

/** Each hands its work to the next. */
export const pipelineWork = (): Work => ({
  title: "Add full jitter to this library, with a test and a review",
  fill: fillWithRetry,
  subagents: {},
  members: { implementer, tester, reviewer },

  leadOfFleet: leadOf(agents),

  leadWithTask(context) {
    const [implemented, tested, reviewed] = answersOf(context)
    const child = (name: keyof typeof tasks, ...more: string[]) => ({
      toolCalls: [task({ name, agent, prompt: [tasks[name], ...more].join("\n\n") })],
    })
    if (!implemented)
      return child("implementer", "Answer with what you changed and what is to be tested.")
    if (!tested)
      return child(
        "tester",
        "Answer with what was changed and what you tested.",
        passedOn("handoff", "implementer", partFor(implemented, "handoff", "tester")),
      )
    if (!reviewed)
      return child(
        "reviewer",
        passedOn("handoff", "tester", partFor(tested, "handoff", "reviewer")),
      )
    return say(report(reviewed))
  },
})
