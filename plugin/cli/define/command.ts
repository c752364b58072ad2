import { oneLine, oneLineRule } from "../../mesh/model/limits/texts.ts"
import type { Outputs } from "../outputs/output.ts"
import type { Mesh } from "../mesh/open-mesh.ts"
import type { Terminal } from "../terminal/terminal.ts"

/** What a command gets beside its arguments. */
export interface CommandContext {
  terminal: Terminal
  now: () => number
  env: Record<string, string | undefined>
  /** Where the command was called. */
  directory: string
  /** The mesh home, which may not be there yet. */
  home: string
  /**
   * Opens the mesh at first need; it is closed when the command has ended. What only looks at files
   * needs no ledger.
   */
  mesh(needs?: { ledger?: boolean; lookMs?: number }): Promise<Mesh>
  /** NOT_ALLOWED in a shell of an agent: some things are the person's alone. */
  refuseInsideAgent(): void
  /** NOT_ALLOWED there, and where no person can have started this process. */
  refuseUnattended(meshProcess: Pick<Mesh["meshProcess"], "ledger">): Promise<void>
  /** NOT_ALLOWED also wherever a model could be typing, a lead's shell included. */
  refuseModels(meshProcess: Pick<Mesh["meshProcess"], "ledger">): Promise<void>
}

/** One `--name` of a command. Without `parse` it is a flag. */
export interface Option<T> {
  /** How its value is shown in the help. */
  hint?: string
  help: string
  /** Throws an Error that says what is expected instead. */
  parse?: (text: string) => T
}

export type Options = Record<string, Option<unknown>>

export type Values<O extends Options> = {
  [Name in keyof O]: O[Name] extends Option<infer T> ? T | undefined : never
}

export interface Command<O extends Options = Options> {
  name: string
  /** One line for the list of commands. */
  summary: string
  /** Its forms, without the program's name. */
  usage: readonly string[]
  options: O
  /** What it writes with --json, by the forms of its call. */
  outputs: Outputs
  /** How many arguments it takes. */
  takes: { least: number; most: number }
  /** Answers the exit code; nothing is 0. */
  run(
    input: { values: Values<O>; positionals: readonly string[] },
    context: CommandContext,
  ): Promise<number | void>
}

/** Keeps the types of the options for `run`, and forgets them for the registry. */
export const defineCommand = <O extends Options>(command: Command<O>): Command =>
  command as unknown as Command

export const flag = (help: string): Option<true> => ({ help })

export const text = (hint: string, help: string): Option<string> => ({
  hint,
  help,
  parse: (value) => {
    if (value === "") throw new Error("a non-empty text")
    return value
  },
})

/** Several, with commas between them. */
export const list = (hint: string, help: string): Option<string[]> => ({
  hint,
  help,
  parse: (value) => {
    const all = value.split(",").map((each) => each.trim())
    if (all.includes("")) throw new Error("names with commas between them")
    return all
  },
})

/** A text that is shown in lists, and told to agents. */
export const line = (hint: string, help: string): Option<string> => ({
  hint,
  help,
  parse: (value) => {
    if (value !== "" && value.length <= longestLine && oneLine.test(value)) return value
    throw new Error(`${oneLineRule}, at most ${longestLine} of them`)
  },
})

/** As long as a tool's reason. */
const longestLine = 500

export const count = (help: string, most: number): Option<number> => ({
  hint: "<n>",
  help,
  parse: (value) => {
    const number = Number(value)
    if (/^\d+$/.test(value) && number >= 1 && number <= most) return number
    throw new Error(`a whole number from 1 to ${most}`)
  },
})

export const choice = <const T extends string>(choices: readonly T[], help: string): Option<T> => ({
  hint: choices.join("|"),
  help,
  parse: (value) => {
    const chosen = choices.find((each) => each === value)
    if (chosen !== undefined) return chosen
    throw new Error(`one of ${choices.join(", ")}`)
  },
})

export const json = flag("One JSON document instead of text")
