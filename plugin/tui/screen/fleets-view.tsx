import type { TuiPluginApi } from "@opencode-ai/plugin/tui"
import { useTerminalDimensions } from "@opentui/solid"
import { createEffect, createMemo, createSignal, onCleanup, Show } from "solid-js"
import { errorText } from "../../mesh/model/errors.ts"
import type { View } from "../mesh/open-view.ts"
import { boardRows, chosenRow, moveChoice, scrollTo } from "../view/board.ts"
import { detailLines } from "../view/details.ts"
import { sumLine } from "../view/figures.ts"
import { fit, type Line, span, spread, tame, type Tone } from "../view/line.ts"
import { createActs } from "./acts.tsx"
import { createHands } from "./hands.ts"
import { Lines } from "./styled.tsx"
import { useSnapshot } from "./use-snapshot.ts"

export interface FleetsViewProps {
  api: TuiPluginApi
  view: View
  params: Record<string, unknown> | undefined
}

/** As much of a chosen question as is read without opening it. */
const mostDetails = 8
/** How long what came of an act stands in the place of the keys. */
const tellingMs = 6000
/** Title, keys, and the space between the parts. */
const frame = 5

interface Place {
  name: string
  params?: Record<string, unknown>
}

/** The fleets of the project, and keys to steer them. */
export const FleetsView = (props: FleetsViewProps) => {
  const { api, view } = props
  const { snapshot, now, fault } = useSnapshot(view)
  const size = useTerminalDimensions()
  const columns = () => Math.max(20, size().width - 4)
  const [key, setKey] = createSignal<string>()
  const [toggled, setToggled] = createSignal<ReadonlySet<string>>(new Set())

  const rows = createMemo(() =>
    boardRows(snapshot(), now(), { columns: columns(), toggled: toggled() }),
  )
  let near = 0
  const chosen = createMemo(() => {
    const index = chosenRow(rows(), key(), near)
    near = index
    return index
  })
  const row = () => rows()[chosen()]
  const details = createMemo(() => detailLines(row(), columns()).slice(0, mostDetails))
  const height = () => Math.max(3, size().height - frame - details().length)
  let top = 0
  const first = createMemo(() => (top = scrollTo(top, chosen(), rows().length, height())))
  const shown = createMemo(() => rows().slice(first(), first() + height()))

  const back = () => {
    const place = props.params?.["back"] as Place | undefined
    api.route.navigate(place?.name ?? "home", place?.params)
  }
  const toggle = (fleetId: string) => {
    const next = new Set(toggled())
    if (!next.delete(fleetId)) next.add(fleetId)
    setToggled(next)
  }
  const hands = createHands(api.renderer, view.now)
  onCleanup(hands.close)
  const [said, setSaid] = createSignal<Line>()
  let silence: ReturnType<typeof setTimeout> | undefined
  const tell = (text: string, tone: Tone) => {
    clearTimeout(silence)
    setSaid([span(tame(text.replaceAll("\n", " ")), tone)])
    silence = setTimeout(() => setSaid(undefined), tellingMs)
  }
  onCleanup(() => clearTimeout(silence))
  const acts = createActs({ api, view, snapshot, toggle, hands, tell })
  const move = (by: number) => {
    near = moveChoice(rows(), chosen(), by)
    setKey(rows()[near]?.key)
  }

  const commands = [
    { name: "up", keys: "up,k", desc: "Up", run: () => move(-1) },
    { name: "down", keys: "down,j", desc: "Down", run: () => move(1) },
    { name: "page-up", keys: "pageup", desc: "Page up", run: () => move(-height()) },
    { name: "page-down", keys: "pagedown", desc: "Page down", run: () => move(height()) },
    { name: "open", keys: "return", desc: "Open", run: () => acts.open(row()) },
    { name: "answer", keys: "a", desc: "Answer", run: () => acts.answer(row()) },
    { name: "message", keys: "m", desc: "Message", run: () => acts.message(row()) },
    { name: "stop", keys: "s", desc: "Stop", run: () => acts.stop(row()) },
    { name: "results", keys: "r", desc: "Results", run: () => acts.results(row()) },
    { name: "back", keys: "escape,q", desc: "Back", run: back },
  ].map((each) => ({ ...each, name: `meshfleet.view.${each.name}` }))

  // Keys belong to a dialog while one is open.
  createEffect(() => {
    if (api.ui.dialog.open) return
    onCleanup(
      api.keymap.registerLayer({
        commands: commands.map(({ name, desc, run }) => ({
          name,
          title: desc,
          category: "Meshfleet",
          run,
        })),
        bindings: commands.map(({ name, desc, keys }) => ({ key: keys, cmd: name, desc })),
      }),
    )
  })

  const title = (): Line =>
    spread(
      [
        span("Fleets", "text", true),
        span("  "),
        ...sumLine(
          rows().flatMap((each) =>
            each.kind === "fleet" && each.fleet.fleet.status === "running" ? each.judged : [],
          ),
        ),
      ],
      [span("esc back", "muted")],
      columns(),
    )
  const empty = (): Line[] =>
    fault()
      ? errorText(fault())
          .split("\n")
          .map((line) => fit([span(tame(line), "bad")], columns()))
      : [[span("No fleet yet in this project. /fleet <task> gives one a task.", "muted")]]

  return (
    <box
      width={size().width}
      flexGrow={1}
      paddingLeft={2}
      paddingRight={2}
      paddingTop={1}
      backgroundColor={api.theme.current.background}
    >
      <Lines lines={[title(), []]} theme={api.theme.current} />
      <Show
        when={rows().length > 0}
        fallback={
          <box flexGrow={1}>
            <Lines lines={empty()} theme={api.theme.current} />
          </box>
        }
      >
        <box flexGrow={1} flexShrink={1}>
          <Lines
            lines={shown().map(({ line }) => line)}
            theme={api.theme.current}
            chosen={chosen() - first()}
          />
        </box>
        <box border={["top"]} borderColor={api.theme.current.border} flexShrink={0}>
          <Lines lines={details()} theme={api.theme.current} />
        </box>
      </Show>
      <Lines lines={[fit(said() ?? keysLine(row()?.kind), columns())]} theme={api.theme.current} />
    </box>
  )
}

/** The keys that do something to the chosen row. */
const keysLine = (kind: string | undefined): Line => {
  const keys: [string, string][] =
    kind === "question"
      ? [["enter", "answer"]]
      : kind === "fleet"
        ? [
            ["enter", "show or hide"],
            ["s", "stop all"],
            ["m", "message all"],
            ["r", "results"],
          ]
        : kind === "agent"
          ? [
              ["enter", "open session"],
              ["a", "answer"],
              ["m", "message"],
              ["s", "stop"],
              ["r", "result"],
            ]
          : []
  return [["↑↓", "choose"], ...keys, ["esc", "back"]].flatMap(([name, does], index) => [
    ...(index > 0 ? [span("   ")] : []),
    span(name!, "text"),
    span(` ${does}`, "muted"),
  ])
}
