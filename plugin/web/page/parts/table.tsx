import type { ComponentChildren } from "preact"

/** Its words, and the classes of its cells: `number`, `wide`. */
type Column = string | readonly [title: string, kind: string]

/** A table that scrolls by itself, by keyboard too. Its bodies come as children. */
export const Table = ({
  label,
  columns,
  isSmall = true,
  children,
}: {
  label: string
  columns: readonly Column[]
  isSmall?: boolean
  children: ComponentChildren
}) => (
  <div
    class={isSmall ? "scroll small" : "scroll"}
    tabIndex={0}
    role="group"
    aria-label={`${label}, scrollable`}
  >
    <table>
      <thead>
        <tr>
          {columns.map((column) => {
            const [title, kind] = typeof column === "string" ? [column, ""] : column
            return (
              <th key={title} scope="col" class={kind}>
                {title}
              </th>
            )
          })}
        </tr>
      </thead>
      {children}
    </table>
  </div>
)
