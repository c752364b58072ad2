import type { EventDoc } from "./event-doc.ts"

/** Templates belong to no fleet. */
export const templateEvents = {
  "template.saved": {
    when: "`save_fleet_template` or `meshfleet templates import` makes a version of a template",
    of: "neither",
    data: {
      name: "of the template",
      version: "the new one",
      project: "whose it is; empty for the user's own",
      digest: "of what it says, by which `meshfleet verify` sees a change",
    },
  },
} as const satisfies Record<string, EventDoc>
