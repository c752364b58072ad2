import { type Check, type Finding, ok, warning } from "../finding.ts"

/** Below it OpenCode hides its sidebar, and with it the panel. */
const sidebarColumns = 120

export const terminal: Check = {
  name: "terminal",
  look({ env, columns, isInteractive }) {
    const found: Finding[] = []
    const name = env["TERM"] ?? ""
    if (isInteractive && (name === "" || name === "dumb"))
      found.push(
        warning(
          `TERM is ${name === "" ? "not set" : "dumb"}: meshfleet watch only prints lines here.`,
          "Use a terminal that can move its cursor (TERM=xterm-256color).",
        ),
      )
    const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || ""
    if (isInteractive && !/utf-?8/i.test(locale) && process.platform !== "darwin")
      found.push(
        warning(
          `The locale (${locale || "none"}) is not UTF-8: signs such as ✓ may not be shown.`,
          "Set LANG=C.UTF-8",
        ),
      )
    if (isInteractive && columns < sidebarColumns)
      found.push(
        warning(
          `The terminal has ${columns} columns; below ${sidebarColumns} OpenCode hides its sidebar, and fleets are one line at the bottom.`,
          "Make the window wider, or choose Toggle sidebar in OpenCode.",
        ),
      )
    if (found.length > 0) return found
    return [ok(isInteractive ? `${name}, ${columns} columns` : "no terminal here to look at")]
  },
}
