import { existsSync, readFileSync, writeFileSync } from "node:fs"

export interface Section {
  title: string
  text: string
}

const intro =
  "Made by `npm run bench`; [README.md](README.md) says what is measured and how to read it.\nEach section tells when it was taken and how busy the machine was."

const render = (machine: string, sections: readonly Section[]) =>
  [
    `# Results\n\n${intro}\n\n${machine}`,
    ...sections.map(({ title, text }) => `## ${title}\n\n${text}`),
  ].join("\n\n") + "\n"

const parse = (file: string): Section[] =>
  file
    .split(/^## /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf("\n")
      return { title: part.slice(0, end), text: part.slice(end).trim() }
    })

/**
 * Puts fresh sections in the place of those of the same title. Sections of another machine or version
 * are dropped: a file mixes nothing that does not compare.
 */
export const updateResults = (
  path: string,
  machine: string,
  fresh: readonly Section[],
  order: readonly string[],
) => {
  const before = existsSync(path) ? readFileSync(path, "utf8") : ""
  const kept = before.includes(machine) ? parse(before) : []
  const sections = order.flatMap(
    (title) => [...fresh, ...kept].find((section) => section.title === title) ?? [],
  )
  writeFileSync(path, render(machine, sections))
}
