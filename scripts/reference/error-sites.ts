import { dirname, join, normalize } from "node:path"

/** One `new MeshError(…)` of the source. */
export interface ErrorSite {
  code: string
  /** The words, with `…` for each value. */
  detail: string
  next: string
}

/** A piece of code that has a name: an export, a method of a service, a function inside it. */
interface Block {
  path: string
  name: string
  text: string
}

/** Where the services of the tools are, and what implements the ports that these are given. */
const portFiles: Record<string, string> = {
  fleets: "plugin/mesh/fleets/fleets.ts",
  results: "plugin/mesh/fleets/results.ts",
  messages: "plugin/mesh/mail/messages.ts",
  work: "plugin/mesh/work.ts",
  receipts: "plugin/mesh/mail/receipts.ts",
  ratifications: "plugin/mesh/councils/ratifications.ts",
  templates: "plugin/mesh/templates/templates.ts",
  tasks: "plugin/mesh/tasks/tasks.ts",
  reservations: "plugin/mesh/reservations/reservations.ts",
  streams: "plugin/mesh/streams/streams.ts",
  merges: "plugin/mesh/merging/merges.ts",
  trees: "plugin/system/merging/git-merge-trees.ts",
  draftChecks: "plugin/opencode/process/draft-checks.ts",
  worktrees: "plugin/system/git-worktrees.ts",
}

/**
 * Follows the names in a tool's `execute` through the services and finds the errors they can raise.
 * It reads the layout that oxfmt keeps: a declaration begins at the margin, a function inside a
 * factory two blanks in, a method it returns four.
 */
export const createErrorSites = (files: ReadonlyMap<string, string>) => {
  const blocks = Map.groupBy(
    [...files].flatMap(([path, text]) => blocksOf(path, text)),
    ({ path, name }) => `${path} ${name}`,
  )
  const named = (path: string, name: string) => blocks.get(`${path} ${name}`) ?? []

  const reached = ({ path, text }: Block): Block[] => {
    const imports = importsOf(path, files.get(path)!)
    // Comments and quoted words name nothing; neither does a field or a key.
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|"[^"\n]*"/g, "")
    const words = new Set(code.match(/(?<![.\w])[a-zA-Z]\w*\b(?!:)/g))
    const local = [...words].flatMap((name) => named(path, name))
    const imported = [...words].flatMap((name) => {
      const from = imports.get(name)
      return from ? named(from, name) : []
    })
    const ported = [...code.matchAll(/\b(\w+)\.(\w+)\(/g)].flatMap(([, port, method]) => {
      const file = Object.hasOwn(portFiles, port!) ? portFiles[port!]! : undefined
      return file ? named(file, method!) : []
    })
    return [...local, ...imported, ...ported]
  }

  /** Every error that this export, and what it calls, can raise. */
  return (path: string, name: string): ErrorSite[] => {
    const seen = new Set<Block>(named(path, name))
    // A set that grows while it is walked is walked to its end.
    for (const block of seen) for (const next of reached(block)) seen.add(next)
    return [...seen].flatMap(({ text }) => sitesIn(text))
  }
}

// At the margin every constant; further in only what is a function, or was made by a factory.
const beginning = [
  /^()(?:export )?(?:const|(?:async )?function) (\w+)/,
  /^( {2,4})const (\w+)(?:: [^=]+)? = (?:(?:async )?\((?!await)|create[A-Z])/,
  /^( {2,4})(?:async )?function (\w+)/,
  /^( {2,4})(?:async )?(?!(?:if|for|while|switch|catch|throw|return|await)\b)(\w+)(?:\(|: (?:async )?[\w(])/,
]

/** Text of an inner block belongs to the outer ones too. */
const blocksOf = (path: string, text: string): Block[] => {
  const blocks: Block[] = []
  let open: { block: Block; depth: number }[] = []
  for (const line of text.split("\n")) {
    const depth = line.search(/\S/)
    const goesOn = depth < 0 || /^\s*[)\]}]/.test(line)
    open = open.filter((each) => each.depth < depth || goesOn)
    const found = beginning.map((each) => each.exec(line)).find((each) => each !== null)
    if (found) {
      const block = { path, name: found[2]!, text: "" }
      blocks.push(block)
      open.push({ block, depth: found[1]!.length })
    }
    for (const { block } of open) block.text += `${line}\n`
  }
  return blocks
}

const importsOf = (path: string, text: string) => {
  const imports = new Map<string, string>()
  for (const [, names, from] of text.matchAll(/import \{([^}]*)\} from "(\.[^"]+)"/g))
    for (const name of names!.split(","))
      imports.set(name.trim().replace(/^type /, ""), normalize(join(dirname(path), from!)))
  return imports
}

/** The errors that stand in a piece of source with their next step as a literal. */
export const sitesIn = (text: string): ErrorSite[] =>
  [...text.matchAll(/new MeshError\(\s*"([A-Z_]+)",/g)].flatMap(({ 0: head, 1: code, index }) => {
    const [detail = "…", next = "…"] = wordsOf(text, index + head.length)
    return next === "…" ? [] : [{ code: code!, detail: tidy(detail), next }]
  })

const tidy = (detail: string) => detail.replace(/…[ …]*…/g, "…").replace(/…\.$/, "…")

/** The arguments of a call from here on: the words of a literal, `…` for anything else. */
const wordsOf = (text: string, start: number): string[] => {
  const found: string[] = []
  let words: string | undefined
  for (let at = start, depth = 0; at < text.length && depth >= 0; at++) {
    const character = text[at]!
    if (/["'`]/.test(character)) {
      const literal = literalAt(text, at)
      words ??= literal.words
      at = literal.end
    } else if (/[([{]/.test(character)) depth++
    else if (/[)\]}]/.test(character)) depth--
    else if (character === "," && depth === 0) {
      found.push(words ?? "…")
      words = undefined
      continue
    }
    if (/\S/.test(character)) words ??= "…"
  }
  return words === undefined ? found : [...found, words]
}

const literalAt = (text: string, start: number): { words: string; end: number } => {
  const quote = text[start]
  let words = ""
  for (let at = start + 1; ; at++) {
    if (at >= text.length || text[at] === quote) return { words, end: at }
    if (quote === "`" && text.startsWith("${", at)) {
      words += "…"
      at = valueEnd(text, at + 2)
    } else words += text[at] === "\\" ? text[++at] : text[at]
  }
}

/** Where a value inside a template ends: it may hold templates of its own. */
const valueEnd = (text: string, start: number) => {
  for (let at = start, depth = 1; at < text.length; at++) {
    if (/["'`]/.test(text[at]!)) at = literalAt(text, at).end
    else if (text[at] === "{") depth++
    else if (text[at] === "}" && --depth === 0) return at
  }
  return text.length
}
