type Yaml = typeof import("yaml")

// Loading the package takes 10 ms bundled and 40 ms from node_modules, and most starts never need it.
const loadPackage = () => require("yaml") as Yaml

const parseWithPackage = (text: string, firstLine: number): unknown => {
  const { LineCounter, YAMLParseError, parse } = loadPackage()
  const lineCounter = new LineCounter()
  try {
    return parse(text, { lineCounter, prettyErrors: false, logLevel: "error" })
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error
    const line = lineCounter.linePos(error.pos[0]).line + firstLine - 1
    throw new Error(`line ${line}: ${error.message}`, { cause: error })
  }
}

/**
 * Bun's own parser takes a twenty-fifth of the package's time, but Node has none, and its errors
 * name no line; so whatever it refuses goes to the package. `firstLine` is where the text begins.
 */
export const parseYaml = (text: string, firstLine = 1): unknown => {
  if (typeof Bun === "undefined" || typeof Bun.YAML?.parse !== "function")
    return parseWithPackage(text, firstLine)
  try {
    return Bun.YAML.parse(text)
  } catch {
    return parseWithPackage(text, firstLine)
  }
}
