import { steering } from "./render-text.ts"

/** JSON whose strings hold what steers a terminal as escapes: it means the same to whoever parses it. */
export const renderJson = (value: unknown, indent?: number) =>
  escapeSteering(JSON.stringify(value, null, indent))

/** The same for a text that is JSON already. */
export const escapeSteering = (json: string) =>
  json.replace(steering, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
