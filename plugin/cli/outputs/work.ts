import * as z from "zod"
import { anything, budget, document, lines, text, time, whole } from "./output.ts"

export const agentsOutputs = {
  all: document(
    "`agents`",
    z.object({
      count: whole,
      total: whole,
      agents: z.array(
        z.object({
          agent: text.describe("The name it is chosen by"),
          name: text,
          description: text,
          division: text.optional(),
          mode: text,
          source: text,
        }),
      ),
      problems: z.array(z.object({ file: text, problem: text })).optional(),
    }),
  ),
  one: document(
    "`agents show <name>`",
    z.object({
      agent: text,
      title: text,
      description: text,
      division: text.optional(),
      access: text.optional(),
      mode: text,
      aliases: z.array(text),
      skills: z.array(text),
      triggers: z.array(text),
      terms: z.array(text),
      source: text,
      registered: z.boolean(),
      disabled: z.boolean().optional(),
      file: text.optional(),
      config: z
        .object({
          description: text,
          mode: text,
          prompt: text,
          color: text.optional(),
          permission: z.record(z.string(), z.union([text, z.record(z.string(), text)])).optional(),
          model: text.optional(),
          variant: text.optional(),
          temperature: z.number().optional(),
          top_p: z.number().optional(),
          steps: whole.optional(),
        })
        .describe("What OpenCode gets"),
    }),
  ),
}

const match = {
  agent_id: text.optional().describe("Of a running agent"),
  agent: text.optional().describe("Of a specialist"),
  score: z.number(),
  confidence: z.number().describe("0 to 1"),
  fits: z.boolean(),
  reason: text,
}

export const routeOutputs = {
  one: document(
    "`route`",
    z.object({
      matches: z
        .array(
          z.object({
            kind: z.enum(["agent", "specialist"]),
            role: text,
            weight: z.number().describe("What became of earlier work, 0.5 to 1.5"),
            ...match,
          }),
        )
        .describe("The best first"),
      note: text.optional(),
    }),
  ),
  line: lines(
    "`route --stdin`, with and without --json",
    z.object({
      id: anything.describe("As it came in"),
      matches: z.array(z.object({ ...match, agent: text })),
    }),
  ),
}

const listed = {
  name: text,
  version: whole,
  description: text.optional(),
  source: z.enum(["bundled", "saved"]),
  owner: text.optional().describe("user or project"),
  variables: z.array(text),
  saved_at: time.optional(),
}
const summary = z.object({
  ...listed,
  agents: z.array(z.object({ name: text.optional(), role: text, agent: text.optional() })),
})
const templateAgent = z.object({
  role: text,
  prompt: text,
  name: text.optional(),
  agent: text.optional(),
  model: text.optional(),
  skills: z.array(text).optional(),
  directory: text.optional(),
  budget: budget.optional(),
  worktree: z.boolean().optional(),
  waits: z.boolean().optional(),
})

export const templatesOutputs = {
  all: document("`templates`", z.object({ templates: z.array(summary) })),
  show: document(
    "`templates show <name>`",
    z.object({ ...listed, agents: z.array(templateAgent) }),
  ),
  export: document(
    "`templates export <name>`, with and without --json",
    z.object({
      schema: text,
      name: text,
      version: whole,
      description: text.optional(),
      agents: z.array(templateAgent),
    }),
  ),
  file: document(
    "`templates export <name> --file <path>`",
    z.object({ name: text, version: whole, file: text }),
  ),
  import: document(
    "`templates import <file>`",
    z.object({ template: summary, renamed: z.boolean().describe("Its own name was taken") }),
  ),
}

const task = z.object({
  task_id: whole,
  title: text,
  state: z.enum(["open", "claimed", "review", "done", "blocked", "cancelled"]),
  owner: text.optional().describe("The name of its agent"),
  waits_for: z.array(whole).optional().describe("Tasks that are not done yet"),
  proof: z.enum(["check", "lead", "review", "word"]).optional().describe("Of one that is done"),
  description: text.optional(),
  check: text.optional().describe("Its acceptance command"),
  notes: text.optional(),
  checked: z
    .object({
      passed: z.boolean(),
      exit: whole.nullable(),
      output: text.optional().describe("The end of it, where it failed"),
      duration_ms: whole,
    })
    .optional(),
  claims: whole.optional().describe("How often it was claimed, where more than once"),
  changed_at: time,
})

export const tasksOutputs = {
  all: document(
    "`tasks`",
    z.object({
      fleet_id: text,
      board: text.describe("The whole in one line"),
      tasks: z.array(task),
    }),
  ),
}
