export interface Section {
  name: string
  /** The heading's line in the file. */
  line: number
  text: string
}

/** The text with fenced code blanked, line by line, so that an example is not taken for the real thing. */
export const withoutFences = (text: string): string => {
  let fence = ""
  return text
    .split("\n")
    .map((line) => {
      const mark = /^\s*(```+|~~~+)/.exec(line)?.[1] ?? ""
      if (fence !== "") {
        if (mark.startsWith(fence)) fence = ""
        return ""
      }
      fence = mark
      return mark === "" ? line : ""
    })
    .join("\n")
}

/** Cuts a body at its `## ` headings. `firstLine` is the line of the file on which the body begins. */
export const splitSections = (body: string, firstLine: number): Section[] => {
  const lines = body.split("\n")
  const headings = withoutFences(body)
    .split("\n")
    .flatMap((line, at) => {
      const name = /^## +(.+?)\s*$/.exec(line)?.[1]
      return name === undefined ? [] : [{ name, at }]
    })
  return headings.map(({ name, at }, index) => ({
    name,
    line: firstLine + at,
    text: lines
      .slice(at + 1, headings[index + 1]?.at ?? lines.length)
      .join("\n")
      .trim(),
  }))
}
