import * as z from "zod"
import { anything, document, facts, text, time } from "./output.ts"

const permission = z.object({
  permission: text,
  patterns: z.array(text),
  always: z.array(text).describe("What `always` would grant"),
  metadata: facts,
})
const choice = z.object({
  questions: z.array(
    z.object({
      question: text,
      header: text,
      options: z.array(z.object({ label: text, description: text })),
      multiple: z.boolean().optional(),
      custom: z.boolean().optional().describe("False: nothing but an option is taken"),
    }),
  ),
})

export const askedQuestion = z.object({
  question_id: text,
  fleet_id: text,
  agent_id: text,
  agent: text.describe("Its name"),
  kind: z.enum(["permission", "question"]),
  wanted: text.describe("In one line"),
  request: z.union([permission, choice]),
  asked_at: time,
  deadline_at: time.describe("Rejected then"),
})

export const questionsOutputs = {
  all: document("`questions`", z.object({ questions: z.array(askedQuestion) })),
}

const grant = { grant_id: text, permission: text, pattern: text }

export const answerOutputs = {
  one: document(
    "`answer`",
    z.object({
      question_id: text,
      agent: text,
      wanted: text,
      answer: z
        .union([text, z.array(z.array(text))])
        .describe("once, fleet, always or reject; of a question, the chosen labels of each"),
      reason: text.optional(),
      remembered: z.array(z.object(grant)).optional().describe("Grants made by it"),
    }),
  ),
}

export const grantsOutputs = {
  all: document(
    "`grants`",
    z.object({
      grants: z.array(
        z.object({
          ...grant,
          fleet_id: text.nullable().describe("Null: any fleet of this project"),
          exact: z.boolean().describe("Whether the pattern is meant as a text"),
          granted_at: time,
        }),
      ),
    }),
  ),
  revoked: document("`grants --revoke`", z.object({ revoked: z.object(grant) })),
}

const tally = z.object({
  quorum: z.number(),
  total: z.number(),
  approving: z.number(),
  declining: z.number(),
  silent: z.number(),
  votes: z.array(
    z.object({
      voter: text,
      vote: z.enum(["approve", "decline"]).nullable(),
      weight: z.number(),
      signoff: z.boolean().optional(),
      note: text.optional(),
    }),
  ),
  deadline: time.optional(),
  silence_policy: text.nullable().optional(),
})

export const voteOutputs = {
  all: document(
    "`vote`",
    z.object({
      ratifications: z.array(
        z.object({ message_id: text, fleet_id: text, subject: text, proposal: text, tally }),
      ),
    }),
  ),
  cast: document(
    "`vote <ratification> approve|decline`",
    z.object({ ok: z.literal(true), status: text, tally }),
  ),
}

export const cooldownsOutputs = {
  all: document(
    "`cooldowns`",
    z.object({
      cooldowns: z.array(
        z.object({
          provider: text,
          since: time,
          until: time,
          reason: text,
          resting: z.boolean(),
          tried_by: text.nullable().describe("The agent that tries it first"),
        }),
      ),
    }),
  ),
  lifted: document(
    "`cooldowns --lift`",
    z.object({ lifted: z.array(z.object({ provider: text, reason: text })) }),
  ),
}

export const unattendedOutputs = {
  one: document(
    "`unattended`",
    z.object({ allowed: z.boolean().describe("Whether scripts may act as you") }),
  ),
}

export const callOutputs = {
  one: document("`call`", anything.describe("As the tool answers (tools.md)")),
}
