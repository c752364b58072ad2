/** A table as Markdown has it, so that a record goes into the docs as it was printed. */
export const renderTable = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n")
