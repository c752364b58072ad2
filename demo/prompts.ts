/** What each agent is asked to do. A real model works from these words alone; a script knows them. */
export const pipeline = [
  {
    name: "mapper",
    role: "Code Mapper",
    agent: "codebase-onboarding-engineer",
    prompt: [
      "Map the code that cuts texts to a length in this repository, read-only.",
      "1. Count the files of plugin/ by folder.",
      "2. Find the function `cut` under plugin/ (file and line), read it, and look whether a test of it exists.",
      "3. Find where OPENCODE_SERVER_PASSWORD is set for a host process (file and line).",
      'Then send_message to "reviewer", type handoff, payload an object {"context": …, "next_step": …} with those places, and finish with the map as your answer. Change nothing.',
    ].join("\n"),
  },
  {
    name: "reviewer",
    role: "Reviewer",
    agent: "code-reviewer",
    waits: true,
    prompt: [
      "You review what the mapper hands to you.",
      "1. Read `cut` and find out by running it (`bun -e`) whether it can cut an emoji of several code points in two.",
      '2. Read the place where the host password is set, and send_message to "lead", type alert: name the file and line, and ask for a security review of whether the commands of agents can read that password.',
      '3. send_message to "maker", type handoff, payload an object {"context": …, "next_step": …}: your finding with its evidence, and that a pure function cutWhole(text, length) is wanted in plugin/mesh/cut-whole.ts, tested in test/mesh/cut-whole.test.ts.',
      "Finish with your review as your answer. Change no file.",
    ].join("\n"),
  },
  {
    name: "maker",
    role: "Maker",
    agent: "minimal-change-engineer",
    waits: true,
    prompt: [
      "You make the change the reviewer hands to you.",
      "1. Write plugin/mesh/cut-whole.ts: export const cutWhole = (text: string, length: number) => string, which cuts between characters as a reader counts them (Intl.Segmenter) and ends a cut text in an ellipsis.",
      "2. Write test/mesh/cut-whole.test.ts with bun:test, and run it: bun test ./test/mesh/cut-whole.test.ts",
      "3. Run it ten times in a row to see that it is stable.",
      "Touch no other file. Finish with what you changed and what the test printed.",
    ].join("\n"),
  },
] as const

export const specialist = "application-security-engineer"

export const securityPrompt = (alert: string) =>
  [
    `The reviewer raised this alert: ${alert}`,
    "Find every place under plugin/ that sets or blanks OPENCODE_SERVER_PASSWORD, read the code that prepares the environment of an agent's commands, and check in a shell of your own whether the variable has a value there (print only whether, never the value).",
    "Answer with file:line evidence, what your own shell showed, and a verdict. Change nothing.",
  ].join("\n")

export const leadPrompt = [
  "Lead a small fleet through one piece of work in this repository, and report. Do none of the work yourself.",
  '1. Call spawn_fleet once, with name "demo", isolation "process" and these agents, prompts word for word:',
  JSON.stringify(pipeline, null, 2),
  '2. Call get_inbox with wait_seconds 300 until an alert of "reviewer" is there.',
  '3. Call route_work with the alert\'s text and scope "roster".',
  `4. Call attach_agent once, role "Security Reviewer", agent "${specialist}", with a prompt that quotes the alert, asks for every place that sets or blanks that variable, for a check in the agent's own shell whether it has a value there, and for a verdict with file:line evidence.`,
  "5. Call collect_results with wait_seconds 600 until complete is true and nobody's answer only says that it waits; call it again if so.",
  "6. Report in a few lines what each of the four found or did.",
].join("\n")
