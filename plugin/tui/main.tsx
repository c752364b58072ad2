import type { TuiPlugin, TuiPluginModule } from "@opencode-ai/plugin/tui"
import { createSignal, Show } from "solid-js"
import { whyOff } from "../system/machine.ts"
import { openView, type View } from "./mesh/open-view.ts"
import { FleetsView } from "./screen/fleets-view.tsx"
import { Footer, Panel } from "./screen/panel.tsx"

/** Beside the conversation, fleets come before OpenCode's own panels, which begin at 100. */
const order = 50
const routeName = "meshfleet.fleets"

const tui: TuiPlugin = async (api) => {
  // The plugin beside the sessions says why.
  if (whyOff(process.platform) !== undefined) return
  let opened: View | undefined
  // At first need: which directory it is, is not known before OpenCode's server has answered.
  const view = () =>
    (opened ??= openView({
      directory: api.state.path.directory || process.cwd(),
      env: process.env,
    }))
  api.lifecycle.onDispose(() => opened?.close())

  const [panels, setPanels] = createSignal(0)
  const session = () => {
    const { current } = api.route
    return current.name === "session" ? String(current.params?.["sessionID"] ?? "") : ""
  }
  const open = () => {
    const { current } = api.route
    if (current.name === routeName) return
    api.ui.dialog.clear()
    api.route.navigate(routeName, { back: current })
  }

  api.slots.register({
    order,
    slots: {
      sidebar_content: (_, props) => (
        <Show when={props.session_id} keyed>
          {(sessionId: string) => (
            <Panel
              api={api}
              view={view()}
              open={open}
              sessionId={sessionId}
              onShown={(by) => setPanels((count) => count + by)}
            />
          )}
        </Show>
      ),
      app_bottom: () => (
        <box flexShrink={0}>
          <Show when={panels() === 0 && session()} keyed>
            {(sessionId: string) => (
              <Footer api={api} view={view()} open={open} sessionId={sessionId} />
            )}
          </Show>
        </box>
      ),
    },
  })
  api.route.register([
    {
      name: routeName,
      render: ({ params }) => <FleetsView api={api} view={view()} params={params} />,
    },
  ])
  api.keymap.registerLayer({
    commands: [
      {
        name: "meshfleet.fleets",
        namespace: "palette",
        title: "Fleets",
        desc: "Watch and steer the fleets of this project",
        category: "Meshfleet",
        slashName: "fleets",
        run: open,
      },
    ],
  })
}

export default { id: "meshfleet-tui", tui } satisfies TuiPluginModule
