/** What a person pressed: a key by its name, or text that was typed or pasted. */
export type Key = { name: KeyName } | { text: string; isPasted?: true }

export type KeyName =
  | "up"
  | "down"
  | "page_up"
  | "page_down"
  | "home"
  | "end"
  | "enter"
  | "escape"
  | "backspace"
  | "interrupt"

const controls: Record<string, KeyName> = {
  "\r": "enter",
  "\n": "enter",
  "\u007f": "backspace",
  "\b": "backspace",
  "\u0003": "interrupt",
  "\u0004": "interrupt",
}

// What follows CSI or SS3 in xterm and its kin.
const sequences: Record<string, KeyName> = {
  A: "up",
  B: "down",
  H: "home",
  F: "end",
  "1~": "home",
  "4~": "end",
  "5~": "page_up",
  "6~": "page_down",
  "7~": "home",
  "8~": "end",
}

const pasteBegins = "\u001b[200~"
const pasteEnds = "\u001b[201~"
const sequence = new RegExp(`^${"\u001b"}(?:\\[([0-9;]*[A-Za-z~])|O([A-Za-z]))`)

/**
 * From what a terminal in raw mode sends to keys. A paste is text as a whole, whatever it holds: no line
 * end in it confirms anything. A paste may come in several pieces, so this remembers.
 */
export const createKeyReader = () => {
  let pasted: string | undefined

  return (data: string): Key[] => {
    const keys: Key[] = []
    let rest = data
    while (rest !== "") {
      if (pasted !== undefined) {
        const end = rest.indexOf(pasteEnds)
        pasted += end < 0 ? rest : rest.slice(0, end)
        if (end < 0) return keys
        keys.push({ text: pasted, isPasted: true })
        pasted = undefined
        rest = rest.slice(end + pasteEnds.length)
      } else if (rest.startsWith(pasteBegins)) {
        pasted = ""
        rest = rest.slice(pasteBegins.length)
      } else if (rest.startsWith("\u001b")) {
        const found = sequence.exec(rest)
        const name = found ? sequences[found[1] ?? found[2]!] : "escape"
        if (name) keys.push({ name })
        rest = rest.slice(found ? found[0].length : 1)
      } else {
        const [character] = rest as unknown as [string]
        const whole = String.fromCodePoint(rest.codePointAt(0)!)
        const name = controls[character]
        if (name) keys.push({ name })
        else if (!/\p{Cc}/u.test(whole)) keys.push({ text: whole })
        rest = rest.slice(whole.length)
      }
    }
    return keys
  }
}
