import { errorText } from "../../mesh/model/errors.ts"
import { parseArgs } from "node:util"
import type { Command } from "./command.ts"
import { UsageError } from "./usage-error.ts"

export type Parsed = { help: true } | { values: Record<string, unknown>; positionals: string[] }

/** The arguments of one command, checked. Throws UsageError with the word that is wrong. */
export const parseCommandLine = (command: Command, args: readonly string[]): Parsed => {
  const next = `meshfleet help ${command.name}`
  const known = command.options
  // Not strict: what is wrong is told in our words, the same under Bun and Node.
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(known).map(([name, { parse }]) => [
        name,
        { type: parse ? ("string" as const) : ("boolean" as const) },
      ]),
    ),
  })
  const values: Record<string, unknown> = {}
  const positionals: string[] = []
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value)
    if (token.kind !== "option") continue
    if (token.name === "help" || token.name === "h") return { help: true }
    const option = Object.hasOwn(known, token.name) ? known[token.name] : undefined
    if (!option || !token.rawName.startsWith("--"))
      throw new UsageError(`Unknown option ${token.rawName} for "meshfleet ${command.name}".`, next)
    if (!option.parse) {
      if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value.`, next)
      values[token.name] = true
      continue
    }
    const isMissing =
      token.value === undefined || (!token.inlineValue && /^-./.test(String(token.value)))
    if (isMissing) throw new UsageError(`${token.rawName} needs a value: ${option.hint}.`, next)
    try {
      values[token.name] = option.parse(String(token.value))
    } catch (error) {
      const expected = errorText(error)
      throw new UsageError(`${token.rawName} must be ${expected}, not "${token.value}".`, next)
    }
  }
  const { least, most } = command.takes
  if (positionals.length < least)
    throw new UsageError(`Too few arguments: meshfleet ${command.usage[0]}`, next)
  if (positionals.length > most)
    throw new UsageError(
      `Unexpected argument "${positionals[most]}" for "meshfleet ${command.name}".`,
      next,
    )
  return { values, positionals }
}
