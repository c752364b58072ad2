import { RGBA, StyledText, TextAttributes, type TextRenderable } from "@opentui/core"
import type { TuiThemeCurrent } from "@opencode-ai/plugin/tui"
import { createMemo, createRenderEffect, Index } from "solid-js"
import { type Line, type Tone } from "../view/line.ts"

const colorOf = (theme: TuiThemeCurrent, tone: Tone): RGBA =>
  ({
    text: theme.text,
    muted: theme.textMuted,
    good: theme.success,
    warn: theme.warning,
    bad: theme.error,
    accent: theme.accent,
  })[tone]

const styled = (line: Line, theme: TuiThemeCurrent) =>
  new StyledText(
    (line.length > 0 ? line : [{ text: " ", tone: "text" as const }]).map(
      ({ text, tone, bold }) => ({
        __isChunk: true as const,
        text,
        fg: colorOf(theme, tone),
        ...(bold && { attributes: TextAttributes.BOLD }),
      }),
    ),
  )

const nothing = RGBA.fromInts(0, 0, 0, 0)

const isSame = (a: Line, b: Line) =>
  a.length === b.length &&
  a.every((each, index) => {
    const other = b[index]!
    return each.text === other.text && each.tone === other.tone && each.bold === other.bold
  })

/** Lines of a view model in the theme's colors; only those that have changed are drawn anew. */
export const Lines = (props: {
  lines: readonly Line[]
  theme: TuiThemeCurrent
  chosen?: number
}) => (
  <Index each={props.lines}>
    {(line, index) => {
      const same = createMemo(line, undefined, { equals: isSame })
      const content = createMemo(() => styled(same(), props.theme))
      return (
        <text
          // Its property would take the text alone: what is styled goes to the element itself.
          ref={(text: TextRenderable) => createRenderEffect(() => void (text.content = content()))}
          wrapMode="none"
          height={1}
          flexShrink={0}
          width="100%"
          bg={props.chosen === index ? props.theme.backgroundElement : nothing}
        />
      )
    }}
  </Index>
)
