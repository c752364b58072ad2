import { spawn } from "node:child_process"

const openers: Partial<Record<NodeJS.Platform, [string, string[]]>> = {
  darwin: ["open", []],
  win32: ["rundll32", ["url.dll,FileProtocolHandler"]],
}

/** Asks the desktop to show a page. Without one nothing happens: the link is in the terminal too. */
export const openInBrowser = (link: string) => {
  const [program, args] = openers[process.platform] ?? ["xdg-open", []]
  const child = spawn(program, [...args, link], { stdio: "ignore", detached: true })
  child.on("error", () => undefined)
  child.unref()
}
