/**
 * `{{name}}`, blanks inside allowed. After a backslash it is meant as it stands; after a `$` it is
 * another language's, as in a workflow of GitHub.
 */
const variable = /(\\|(?<!\$))\{\{[ \t]*([A-Za-z][A-Za-z0-9_-]{0,39})[ \t]*\}\}/g

/** In the order in which they first stand there, each once. */
export const variablesIn = (texts: readonly string[]): string[] => [
  ...new Set(
    texts.flatMap((text) =>
      [...text.matchAll(variable)].flatMap(([, escape, name]) => (escape === "" ? [name!] : [])),
    ),
  ),
]

/** What a value says is not read for variables again. */
export const fillText = (text: string, valueOf: (name: string) => string) =>
  text.replace(variable, (whole, escape: string, name: string) =>
    escape === "" ? valueOf(name) : whole.slice(1),
  )

/** How long that text is, told without making it: a few characters may stand for gigabytes. */
export const filledLength = (text: string, valueOf: (name: string) => string) => {
  let length = text.length
  for (const [whole, escape, name] of text.matchAll(variable))
    length += escape === "" ? valueOf(name!).length - whole.length : -1
  return length
}
