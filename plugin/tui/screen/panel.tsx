import type { TuiPluginApi } from "@opencode-ai/plugin/tui"
import { useTerminalDimensions } from "@opentui/solid"
import { createMemo, onCleanup } from "solid-js"
import type { View } from "../mesh/open-view.ts"
import { renderFooter } from "../view/footer.ts"
import { renderPanel } from "../view/panel.ts"
import { Lines } from "./styled.tsx"
import { useSnapshot } from "./use-snapshot.ts"

/** OpenCode's sidebar is 42 wide, with a margin of two on each side and one for its scroll bar. */
const columns = 37
/** It stands beside the conversation for hours: a fleet that chatters must not cost what one looks at. */
const pace = { everyMs: 5000, atOnce: 2 }
/** What else stands there: the title, context, servers, files and OpenCode's own line. */
const others = 18

export interface PartProps {
  api: TuiPluginApi
  view: View
  open: () => void
}

/** In the sidebar of a session that leads a fleet or works in one. */
export const Panel = (props: PartProps & { sessionId: string; onShown: (by: 1 | -1) => void }) => {
  const { snapshot, now } = useSnapshot(props.view, { sessionId: () => props.sessionId, pace })
  const size = useTerminalDimensions()
  props.onShown(1)
  onCleanup(() => props.onShown(-1))
  const lines = createMemo(() =>
    renderPanel(snapshot(), now(), { columns, rows: Math.max(8, size().height - others) }),
  )
  // Hidden, not absent: OpenCode makes a part anew whose outermost element comes or goes.
  return (
    <box visible={lines().length > 0} onMouseUp={() => props.open()}>
      <text fg={props.api.theme.current.text}>
        <b>Fleet</b>
      </text>
      <Lines lines={lines()} theme={props.api.theme.current} />
    </box>
  )
}

/** The last line of a window without a sidebar. */
export const Footer = (props: PartProps & { sessionId: string }) => {
  const { snapshot, now } = useSnapshot(props.view, { sessionId: () => props.sessionId, pace })
  const size = useTerminalDimensions()
  const line = createMemo(() => renderFooter(snapshot(), now(), size().width))
  return (
    <box
      visible={line().length > 0}
      height={1}
      backgroundColor={props.api.theme.current.backgroundPanel}
      onMouseUp={() => props.open()}
    >
      <Lines lines={[line()]} theme={props.api.theme.current} />
    </box>
  )
}
