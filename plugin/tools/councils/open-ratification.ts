import type { Ratifications } from "../../mesh/councils/ratifications.ts"
import { silencePolicies } from "../../mesh/councils/tally.ts"
import { maxTotalWeight, maxWeight } from "../../mesh/councils/voters.ts"
import { agentId, fleetId, line, payload } from "../define/arguments.ts"
import { defineTool, z } from "../define/define-tool.ts"
import { meantFleet, tallyFields } from "../define/fields.ts"
import description from "./open-ratification.md" with { type: "text" }

export const openRatification = ({ ratifications }: { ratifications: Ratifications }) =>
  defineTool({
    description,
    args: {
      fleet_id: fleetId.optional(),
      subject: line(300),
      quorum: z.number().int().min(1).max(maxTotalWeight),
      payload: payload.optional(),
      voters: z.array(agentId).min(1).max(100).optional(),
      required_signoffs: z.array(agentId).max(100).optional(),
      deadline: z.string().min(1).optional(),
      silence_policy: z.enum(silencePolicies).optional(),
      weights: z.record(z.string(), z.number().int().min(1).max(maxWeight)).optional(),
    },
    help: {
      fleet_id: meantFleet,
      subject: "what is to be decided, in one line",
      quorum: "the approving weight that ratifies; at most the weight of all voters",
      payload: "the proposal itself, up to 65,536 bytes together with the subject",
      voters:
        "ids, names, specialists or roles of agents, `*` for all of them, `lead`, `human` (the user); by default all agents, and whoever has to sign off",
      required_signoffs: "voters without whose approval nothing is ratified",
      deadline:
        "an ISO 8601 time, or a duration from now such as `PT10M`; without one it stays open until votes decide",
      silence_policy:
        "what silence counts as after the deadline: `abstain` (by default) or `approve`; never as a sign-off",
      weights:
        "an object of voters with their weights, 1 to 1,000,000 each and 10,000,000 together; by default 1",
    },
    answer: {
      message_id: "the proposal, by which it is voted on",
      status: "`open`",
      tally: tallyFields,
      next: "what to tell the user, if `human` is a voter",
    },
    async execute(args, caller) {
      const result = await ratifications.open(caller, args)
      return { title: `${result.message_id}: ${args.subject}`, result }
    },
  })
