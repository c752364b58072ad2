import type { Mesh } from "../mesh/open-mesh.ts"
import type { Terminal } from "../terminal/terminal.ts"

/** What a command gets beside its arguments. */
export interface CommandContext {
  terminal: Terminal
  now: () => number
  /**
   * Opens the mesh at first need; it is closed when the command has ended. What only looks at files
   * needs no ledger.
   */
  mesh(needs?: { ledger: boolean }): Promise<Mesh>
  /** NOT_ALLOWED in a shell of an agent: some things are the person's alone. */
  refuseInsideAgent(): void
  /** NOT_ALLOWED wherever a model could be typing, a lead's shell included. */
  refuseModels(meshProcess: Mesh["meshProcess"]): Promise<void>
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
