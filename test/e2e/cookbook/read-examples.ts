import { readFileSync } from "node:fs"
import { join } from "node:path"

const docs = join(import.meta.dir, "../../../docs")

export interface Call {
  by: "lead" | readonly string[]
  tool: string
  args: Record<string, any>
}

export interface Answer {
  tool: string
  /** A part of what comes back; `…` in a text stands for anything. */
  expected: Record<string, any>
}

export interface Mail {
  from: string
  type: string
  to: string
}

export interface Example {
  title: string
  /** What a person would type. */
  prompt: string
  /** What is called and what comes back, in the order of the page. */
  steps: (Call | Answer)[]
  mail: Mail[]
  /** Of all of that mail, where the page names one. */
  correlation?: string
  /** OpenCode's configuration that the example needs. */
  config: Record<string, unknown>
  /** What the person types into a terminal. */
  commands: string[]
}

export const isCall = (step: Call | Answer): step is Call => "args" in step

/** The examples of a page: a heading, a quoted prompt, and blocks whose first line says what they are. */
export const readExamples = (page: string): Example[] =>
  readFileSync(join(docs, page), "utf8").split(/^## /m).slice(1).map(readExample)

const readExample = (section: string): Example => {
  const example: Example = {
    title: section.split("\n", 1)[0]!,
    prompt: [...section.matchAll(/^> (.+)$/gm)].map(([, line]) => line).join(" "),
    steps: [],
    mail: [],
    config: {},
    commands: [],
  }
  for (const [, header, text] of section.matchAll(/^```(.+)\n([^]*?)^```$/gm)) {
    const [language, kind, name] = header!.split(" ")
    if (language === "sh") example.commands.push(...text!.trim().split("\n"))
    else if (kind === "mail") {
      example.mail = text!.trim().split("\n").map(readMail)
      if (name) example.correlation = name
    } else if (kind === "config") example.config = JSON.parse(text!)
    else if (kind === "answer") example.steps.push({ tool: name!, expected: JSON.parse(text!) })
    else if (name)
      example.steps.push({
        by: kind === "call" ? "lead" : kind!.split(","),
        tool: name,
        args: JSON.parse(text!),
      })
  }
  return example
}

const readMail = (line: string): Mail => {
  const [, from, type, to] = /^(\S+) -(\w+)> (\S+)$/.exec(line)!
  return { from: from!, type: type!, to: to! }
}
