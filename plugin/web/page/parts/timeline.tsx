import type { AgentShown } from "../../../mesh/views/shown.ts"
import { useEffect, useMemo, useRef, useState } from "preact/hooks"
import {
  axisHeight,
  createTimelineDrawing,
  laneHeight,
  leadLane,
  type Window,
} from "../drawing/timeline-drawing.ts"
import { clock, duration, line } from "../format.ts"
import { lanesOf, type Lane } from "../lanes.ts"
import { agentsOf, historyOf, matches, senderOf } from "../state.ts"
import type { Snapshot, Store } from "../store.ts"
import { onThemeChange } from "../theme.ts"
import { useInView, useWidth } from "./hooks.ts"
import { Table } from "./table.tsx"
import { Line } from "./text.tsx"

/** By itself; what a hand moves, or a state that changes, is drawn at once. */
const drawMs = 350
const mostHeight = 460
const leastSpan = 5000

/** One lane an agent: what it was at, its attempts, stalls and waits, and the mail between. */
export const Timeline = ({ store, snapshot }: { store: Store; snapshot: Snapshot }) => {
  const [place, width] = useWidth<HTMLDivElement>()
  const canvas = useRef<HTMLCanvasElement>(null)
  const scroller = useRef<HTMLDivElement>(null)
  const drawing = useRef<ReturnType<typeof createTimelineDrawing> | undefined>(undefined)
  const last = useRef({ at: 0, timer: 0 })
  /** Undefined: from the beginning, and on as time goes. */
  const [span, setSpan] = useState<number>()
  /** Where it ends; undefined: now. */
  const [end, setEnd] = useState<number>()
  const { state, choice } = snapshot
  const agents = agentsOf(state)
  const lanes = useMemo((): Lane[] => {
    const all = lanesOf(agents, state.turns, state.mailWaits)
    return state.shown.flatMap((id) => [
      leadLane(id, state.shown.length > 1 ? `lead of ${nameOf(snapshot, id)}` : "lead"),
      ...all.filter((lane) => state.agents.get(lane.id)?.fleetId === id),
    ])
  }, [agents.map(turnOf).join(), state.turns, state.shown, state.mailWaits])
  const beganAt = Math.min(
    ...state.fleets.filter(({ id }) => state.shown.includes(id)).map(({ createdAt }) => createdAt),
  )
  const runs = state.fleets.some(
    ({ id, status }) => state.shown.includes(id) && status === "running",
  )
  const latest = runs
    ? store.now()
    : Math.max(
        state.letters.at(-1)?.at ?? 0,
        state.turns.at(-1)?.at ?? 0,
        ...agents.map(({ endedAt }) => endedAt ?? 0),
      )
  const until = end ?? latest
  const whole = Math.max(leastSpan, latest - beganAt)
  const shownSpan = Math.min(span ?? whole, whole * 1.5)
  const window_: Window = {
    from: until - shownSpan,
    to: until + shownSpan * 0.02,
  }
  const height = Math.min(mostHeight, axisHeight + lanes.length * laneHeight + 6)
  const gutter = width < 520 ? 84 : 150

  useEffect(() => {
    drawing.current = createTimelineDrawing(canvas.current!)
    return onThemeChange(() => {
      drawing.current?.recolour()
      draw()
    })
  }, [])
  const view = useRef({ lanes, window: window_, now: latest, width, height, gutter })
  view.current = { lanes, window: window_, now: latest, width, height, gutter }
  const draw = () => {
    last.current.at = performance.now()
    const { state, choice } = store.get()
    const { lanes, ...rest } = view.current
    if (rest.width === 0 || !isInView.current) return
    drawing.current?.draw(lanes, state.agents, state.letters, {
      ...rest,
      scroll: scroller.current?.scrollTop ?? 0,
      chosen: choice.agentId,
      isFound: (id) => {
        const agent = state.agents.get(id)
        return !agent || matches(agent, choice.search)
      },
    })
  }
  const isInView = useInView(scroller, () => draw())
  // Nothing to see while nothing was sent and time has not moved by a pixel.
  const pixel = Math.floor((window_.to / shownSpan) * Math.max(1, width - gutter))
  useEffect(() => {
    clearTimeout(last.current.timer)
    const wait = Math.max(0, drawMs - (performance.now() - last.current.at))
    if (wait === 0) draw()
    else last.current.timer = setTimeout(draw, wait)
  }, [pixel, state.letters])
  // What a hand moves is drawn at once.
  useEffect(draw, [span, end, width, lanes, choice.agentId, choice.search])

  const zoom = (factor: number) => setSpan(Math.max(leastSpan, Math.min(whole, shownSpan * factor)))
  const move = (share: number) => {
    const next = until + shownSpan * share
    setEnd(next >= latest ? undefined : Math.max(beganAt + shownSpan * 0.2, next))
  }
  const onKey = (event: KeyboardEvent) => {
    const keys: Record<string, () => void> = {
      "+": () => zoom(0.5),
      "=": () => zoom(0.5),
      "-": () => zoom(2),
      ArrowLeft: () => move(-0.25),
      ArrowRight: () => move(0.25),
      End: () => setEnd(undefined),
      Home: () => {
        setSpan(undefined)
        setEnd(undefined)
      },
    }
    const act = keys[event.key]
    if (!act || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    act()
  }
  const drag = useRef<{ x: number; until: number } | undefined>(undefined)
  return (
    <section class="panel timeline" aria-labelledby="timeline-title">
      <div class="panel-head">
        <h2 id="timeline-title">
          Timeline <span class="count">{duration(shownSpan)}</span>
        </h2>
        <div class="tools" role="group" aria-label="Zoom">
          <button type="button" class="icon" aria-label="Earlier" onClick={() => move(-0.25)}>
            ←
          </button>
          <button type="button" class="icon" aria-label="Later" onClick={() => move(0.25)}>
            →
          </button>
          <button type="button" class="icon" aria-label="Zoom out" onClick={() => zoom(2)}>
            −
          </button>
          <button type="button" class="icon" aria-label="Zoom in" onClick={() => zoom(0.5)}>
            +
          </button>
          <button
            type="button"
            class="quiet"
            onClick={() => {
              setSpan(undefined)
              setEnd(undefined)
            }}
          >
            All
          </button>
        </div>
      </div>
      <div
        class="lanes"
        ref={scroller}
        tabIndex={0}
        role="group"
        aria-label="Timeline: plus and minus zoom, arrows move. The table below has the same as text."
        style={{ maxHeight: `${mostHeight}px` }}
        onScroll={draw}
        onKeyDown={onKey}
        onWheel={(event) => {
          if (!event.ctrlKey) return
          event.preventDefault()
          zoom(event.deltaY > 0 ? 1.25 : 0.8)
        }}
        onPointerDown={(event) => (drag.current = { x: event.clientX, until })}
        onPointerMove={(event) => {
          if (!drag.current || event.buttons === 0) return
          const moved = ((drag.current.x - event.clientX) / Math.max(1, width - gutter)) * shownSpan
          const next = drag.current.until + moved
          setEnd(next >= latest ? undefined : Math.max(beganAt, next))
        }}
        onPointerUp={() => (drag.current = undefined)}
        onClick={(event) => {
          const box = canvas.current!.getBoundingClientRect()
          if (event.clientX - box.left > gutter) return
          const row = Math.floor(
            (event.clientY - box.top - axisHeight + scroller.current!.scrollTop) / laneHeight,
          )
          const id = lanes[row]?.id
          if (id && state.agents.has(id)) store.choose({ agentId: id })
        }}
      >
        <div
          ref={place}
          class="lanes-inner"
          style={{ height: `${axisHeight + lanes.length * laneHeight}px` }}
        >
          <canvas ref={canvas} class="sticky" aria-hidden="true" />
        </div>
      </div>
      <ul class="legend" aria-label="Colours of the lanes">
        <li class="k-run bar">at work</li>
        <li class="k-wait bar">waits for you</li>
        <li class="k-edge bar">waits for mail</li>
        <li class="k-stall bar">stalled</li>
        <li class="k-off bar">queued</li>
        <li class="k-fail tick">new attempt, or failed</li>
        <li class="k-done">answered</li>
      </ul>
      <History snapshot={snapshot} />
    </section>
  )
}

const nameOf = ({ state }: Snapshot, id: string) =>
  line(state.fleets.find((fleet) => fleet.id === id)?.name ?? id)

/** What of an agent its lane shows beside its history. */
const turnOf = ({ id, startedAt, endedAt, waitsSince, silentSince }: AgentShown) =>
  `${id} ${startedAt} ${endedAt} ${waitsSince} ${silentSince}`

const mostRows = 200

const History = ({ snapshot }: { snapshot: Snapshot }) => {
  const { state } = snapshot
  const [isOpen, setOpen] = useState(false)
  const names = (id: string) => state.agents.get(id)?.name ?? "lead"
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>What happened, as a table</summary>
      {isOpen && (
        <Table label="History" columns={["Time", "Who", "What"]}>
          <tbody>
            {historyOf(state, mostRows)
              .toReversed()
              .map((each) => (
                <tr key={each.seq}>
                  <td class="time">{clock(each.at)}</td>
                  <td>
                    <Line text={each.agentId ? each.who : names(senderOf(each))} />
                  </td>
                  <td>
                    {each.type}
                    {each.to.length > 0 && (
                      <>
                        {" to "}
                        <Line text={each.to.map(names).join(", ")} />
                      </>
                    )}
                    {each.text && (
                      <>
                        {": "}
                        <Line text={each.text} />
                      </>
                    )}
                  </td>
                </tr>
              ))}
          </tbody>
        </Table>
      )}
    </details>
  )
}
