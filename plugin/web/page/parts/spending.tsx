import { useState } from "preact/hooks"
import type { SpendingPoint } from "../../../mesh/views/shown.ts"
import { clock, count, line, money } from "../format.ts"
import type { Snapshot, Store } from "../store.ts"
import { useWidth } from "./hooks.ts"
import { Table } from "./table.tsx"

const plotHeight = 92

/** Tokens and cost over time, in all of the fleets shown. */
export const Spending = ({ store, snapshot }: { store: Store; snapshot: Snapshot }) => {
  const { state } = snapshot
  const [place, width] = useWidth<HTMLDivElement>()
  const [isOpen, setOpen] = useState(false)
  const points = state.spending
  const fleets = state.fleets.filter(({ id }) => state.shown.includes(id))
  const tokens = fleets.reduce((sum, each) => sum + each.tokens, 0)
  const cost = fleets.reduce((sum, each) => sum + (each.costUsd ?? 0), 0)
  const isPriced = fleets.some(({ costUsd }) => costUsd !== null && costUsd > 0)
  const from = Math.min(...fleets.map(({ createdAt }) => createdAt))
  const runs = fleets.some(({ status }) => status === "running")
  const to = runs
    ? Math.max(store.now(), points.at(-1)?.at ?? 0)
    : Math.max(...fleets.map(({ endedAt }) => endedAt ?? 0), points.at(-1)?.at ?? 0)
  return (
    <section class="panel spending" aria-labelledby="spending-title">
      <h2 id="spending-title">Tokens and cost</h2>
      <div class="plots" ref={place}>
        <Plot
          title="Tokens"
          total={count(tokens)}
          points={points.map(({ at, tokens }) => ({ at, value: tokens }))}
          {...{ from, to, width, tint: "done" }}
        />
        <Plot
          title="Cost"
          total={isPriced ? money(cost) : "price unknown"}
          points={isPriced ? points.map(({ at, costUsd }) => ({ at, value: costUsd })) : []}
          {...{ from, to, width, tint: "run" }}
        />
      </div>
      {fleets
        .filter(({ budget }) => budget)
        .map(({ id, name, budget }) => (
          <label class="budget" key={id}>
            {line(name)}: {Math.round((budget!.spent / budget!.limit) * 100)} % of its budget (
            {budget!.kind.replaceAll("_", " ")})
            <meter max={budget!.limit} high={budget!.limit * 0.8} value={budget!.spent} />
          </label>
        ))}
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>Spending, as a table</summary>
        {isOpen && <Numbers points={points} />}
      </details>
    </section>
  )
}

const Plot = ({
  title,
  total,
  points,
  from,
  to,
  width,
  tint,
}: {
  title: string
  total: string
  points: readonly { at: number; value: number }[]
  from: number
  to: number
  width: number
  tint: string
}) => {
  const most = Math.max(0, ...points.map(({ value }) => value))
  const span = Math.max(1, to - from)
  const xOf = (at: number) => ((at - from) / span) * width
  const yOf = (value: number) => plotHeight - 3 - (value / (most || 1)) * (plotHeight - 8)
  const last = points.at(-1)
  const steps = [
    `M0,${plotHeight - 3}`,
    ...points.map(({ at, value }) => `L${xOf(at).toFixed(1)},${yOf(value).toFixed(1)}`),
    ...(last ? [`L${width},${yOf(last.value).toFixed(1)}`] : []),
  ].join("")
  return (
    <figure>
      <figcaption>
        <span>{title}</span>
        <b>{total}</b>
      </figcaption>
      {width > 0 && (
        <svg
          width={width}
          height={plotHeight}
          viewBox={`0 0 ${width} ${plotHeight}`}
          role="img"
          aria-label={`${title} over time: ${total} in all`}
          class={`t-${tint}`}
        >
          <path
            class="grid"
            d={`M0,${plotHeight - 2.5}H${width}M0,${plotHeight / 2}H${width}M0,4.5H${width}`}
          />
          {points.length > 0 && (
            <>
              <path class="area" d={`${steps}V${plotHeight - 3}H0Z`} />
              <path class="curve" d={steps} />
            </>
          )}
        </svg>
      )}
      {width > 0 && Number.isFinite(from) && (
        <div class="ends" aria-hidden="true">
          <span>{clock(from)}</span>
          <span>{clock(to)}</span>
        </div>
      )}
    </figure>
  )
}

const Numbers = ({ points }: { points: readonly SpendingPoint[] }) => (
  <Table label="Spending" columns={["Until", ["Tokens", "number"], ["Cost", "number"]]}>
    <tbody>
      {points.toReversed().map(({ at, tokens, costUsd }) => (
        <tr key={at}>
          <td class="time">{clock(at)}</td>
          <td class="number">{count(tokens)}</td>
          <td class="number">{money(costUsd)}</td>
        </tr>
      ))}
    </tbody>
  </Table>
)
