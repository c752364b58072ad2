import type { Step } from "../../../setup/plan.ts"
import { type DiffLine, diffLines } from "../../../setup/files/diff.ts"
import { span, type Style, type StyledLine } from "../../render/styled.ts"

/** What is to happen to each file, line by line. */
export const showSteps = (steps: readonly Step[]): StyledLine[] =>
  steps.flatMap(({ path, realPath, before, after }) => [
    [span(`${verb(before, after)} ${path}`, "bold")],
    ...(realPath === path ? [] : [`  (which is a link: ${realPath})`]),
    ...diffLines(textOf(before), textOf(after)).map(drawn),
    "",
  ])

/** The same as data. */
export const stepsAsJson = (steps: readonly Step[]) =>
  steps.map(({ path, part, before, after }) => ({
    path,
    part,
    change: !before ? ("create" as const) : after ? ("edit" as const) : ("remove" as const),
    diff: diffLines(textOf(before), textOf(after))
      .map(({ kind, text }) => marks[kind] + text)
      .join("\n"),
  }))

const textOf = (bytes: Buffer | undefined) => bytes?.toString("utf8") ?? ""
const verb = (before: Buffer | undefined, after: Buffer | undefined) =>
  before ? (after ? "Edit" : "Remove") : "Create"

const marks: Record<DiffLine["kind"], string> = { same: "  ", gone: "- ", new: "+ " }
const styles: Record<DiffLine["kind"], readonly Style[]> = {
  same: ["dim"],
  gone: ["red"],
  new: ["green"],
}
const drawn = ({ kind, text }: DiffLine): StyledLine => [
  span(`  ${marks[kind]}${text}`, ...styles[kind]),
]
