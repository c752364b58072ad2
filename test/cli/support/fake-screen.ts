import { openScreen, type Screen } from "../../../plugin/cli/terminal/screen.ts"

/** A screen over no terminal: what was written, and the keys a test presses. */
export const createFakeScreen = ({ columns = 80, rows = 24, isColoured = false } = {}) => {
  const size = { columns, rows }
  let out = ""
  let onData: (data: string) => void = () => undefined
  let onResize: () => void = () => undefined
  let isListening = false
  const screen: Screen = openScreen({
    write: (text) => void (out += text),
    columns: () => size.columns,
    rows: () => size.rows,
    isColoured,
    listen(data, resize) {
      onData = data
      onResize = resize
      isListening = true
      return () => void (isListening = false)
    },
  })
  return {
    screen,
    out: () => out,
    take() {
      const taken = out
      out = ""
      return taken
    },
    type: (data: string) => onData(data),
    isListening: () => isListening,
    resize(columns: number, rows: number) {
      Object.assign(size, { columns, rows })
      onResize()
    },
  }
}
