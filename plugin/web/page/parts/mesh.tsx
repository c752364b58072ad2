import type { Happening } from "../../../mesh/views/shown.ts"
import { useEffect, useRef, useState } from "preact/hooks"
import { createMeshDrawing } from "../drawing/mesh-drawing.ts"
import { createTravels } from "../drawing/travels.ts"
import { line } from "../format.ts"
import { agentsOf, talk } from "../state.ts"
import type { Snapshot, Store } from "../store.ts"
import { onThemeChange } from "../theme.ts"
import { useWidth } from "./hooks.ts"
import { Table } from "./table.tsx"
import { Line } from "./text.tsx"

/** The picture of who talks is drawn anew so often while messages run. */
const redrawMs = 2000

export const Mesh = ({ store, snapshot }: { store: Store; snapshot: Snapshot }) => {
  const [place, width] = useWidth<HTMLDivElement>()
  const still = useRef<HTMLCanvasElement>(null)
  const moving = useRef<HTMLDivElement>(null)
  const drawing = useRef<ReturnType<typeof createMeshDrawing> | undefined>(undefined)
  const [tip, setTip] = useState("")
  const last = useRef({ at: 0, key: "", timer: 0 })
  const { state, choice } = snapshot

  useEffect(() => {
    const made = createMeshDrawing(still.current!)
    drawing.current = made
    const travels = createTravels(moving.current!, made.placeOf)
    const unwatch = store.watch(travels.send)
    return () => {
      unwatch()
      travels.end()
    }
  }, [store])

  const draw = () => {
    const { state, choice } = store.get()
    last.current.at = performance.now()
    if (width > 0)
      drawing.current?.draw(state, agentsOf(state), {
        width,
        search: choice.search,
        chosen: choice.agentId,
      })
  }
  useEffect(() => {
    const key = `${width} ${choice.search} ${choice.agentId} ${state.shown.join()} ${[...state.agents.values()].map((each) => each.state).join()}`
    const isUrgent = key !== last.current.key
    last.current.key = key
    clearTimeout(last.current.timer)
    const wait = isUrgent ? 0 : Math.max(0, redrawMs - (performance.now() - last.current.at))
    if (wait === 0) draw()
    else last.current.timer = setTimeout(draw, wait)
  }, [state.agents, state.letters, state.shown, choice.search, choice.agentId, width])
  useEffect(
    () =>
      onThemeChange(() => {
        drawing.current?.recolour()
        draw()
      }),
    [width],
  )

  const agentAt = (event: MouseEvent) => {
    const box = still.current!.getBoundingClientRect()
    const id = drawing.current?.at(event.clientX - box.left, event.clientY - box.top)
    return id === undefined ? undefined : state.agents.get(id)
  }
  const nameOf = (id: string) => state.agents.get(id)?.name ?? "lead"
  return (
    <section class="panel mesh" aria-labelledby="mesh-title">
      <h2 id="mesh-title">
        Mesh <span class="count">{tip}</span>
      </h2>
      <div
        class="drawing"
        ref={place}
        onClick={(event) => {
          const agent = agentAt(event)
          if (agent) store.choose({ agentId: agent.id })
        }}
        onMouseMove={(event) => {
          const agent = agentAt(event)
          place.current!.style.cursor = agent ? "pointer" : "default"
          setTip(agent ? `${line(agent.name)}: ${line(agent.doing)}` : "")
        }}
        onMouseLeave={() => setTip("")}
        role="img"
        aria-label={`${state.agents.size} agents around their lead, and ${state.letters.length} messages between them. The table below says who talks with whom.`}
      >
        <canvas ref={still} />
        <div ref={moving} class="above" aria-hidden="true" />
      </div>
      <ul class="legend" aria-label="Colours of messages">
        <li class="k-run">handoff</li>
        <li class="k-wait">question</li>
        <li class="k-done">result</li>
        <li class="k-stall">request for help</li>
        <li class="k-fail">alert</li>
      </ul>
      <Pairs letters={state.letters} nameOf={nameOf} />
    </section>
  )
}

const mostPairs = 100

const Pairs = ({
  letters,
  nameOf,
}: {
  letters: readonly Happening[]
  nameOf: (id: string) => string
}) => {
  const [isOpen, setOpen] = useState(false)
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Who talks with whom, as a table</summary>
      {isOpen && (
        <Table label="Pairs" columns={["From", "To", ["Messages", "number"]]}>
          <tbody>
            {talk(letters)
              .toSorted((a, b) => b.count - a.count)
              .slice(0, mostPairs)
              .map(({ from, to, count }) => (
                <tr key={`${from} ${to}`}>
                  <td>
                    <Line text={nameOf(from)} />
                  </td>
                  <td>
                    <Line text={nameOf(to)} />
                  </td>
                  <td class="number">{count}</td>
                </tr>
              ))}
          </tbody>
        </Table>
      )}
    </details>
  )
}
