import type { BranchReport, MergeReport } from "../../mesh/merging/merge-report.ts"
import { renderTable } from "./render-table.ts"
import { indent, oneLine, plainText } from "./render-text.ts"

export const renderMerge = (
  { fleet_id, branch, commit, take, note, branches, kept = [] }: MergeReport,
  columns: number,
  applied?: { commit: string; into: string },
): string[] => {
  const merged = branches.filter(({ state }) => state === "merged").length
  const where = branch ? `in ${branch} (${commit!.slice(0, 12)})` : "in"
  const failed = branches.filter(({ output }) => output !== undefined)
  return [
    `${fleet_id}: ${merged} of ${branches.length} ${branches.length === 1 ? "branch is" : "branches are"} ${where}.`,
    ...(note === undefined ? [] : [plainText(note)]),
    "",
    ...renderTable(
      ["AGENT", "STATE", "WHAT"].map((title) => ({ title })),
      branches.map((each) => [each.name, each.state.replace("_", " "), whatOf(each)]),
      columns,
    ),
    ...failed.flatMap(({ name, output }) => [
      "",
      `${oneLine(name)}: the check's output ends:`,
      indent(plainText(output!)),
    ]),
    ...(kept.length > 0
      ? [
          "",
          `Kept as they are: ${kept.map((each) => `${oneLine(each.name)} (${each.branch})`).join(", ")}.`,
        ]
      : []),
    ...(applied
      ? ["", `${oneLine(applied.into)} is at ${applied.commit.slice(0, 12)} now.`]
      : take === undefined
        ? []
        : ["", `Take it: ${take}`]),
  ]
}

const whatOf = ({ files, detail, sent_to, asked, note, saved }: BranchReport) =>
  [
    ...(files ? [files.join(", ")] : []),
    ...(detail ? [detail] : []),
    ...(saved ? [`${saved} uncommitted ${saved === 1 ? "file" : "files"} committed for it`] : []),
    ...(sent_to ? [`sent to ${sent_to}`] : []),
    ...(asked ? [`asked ${asked.join(", ")}`] : []),
    ...(note ? [note] : []),
  ].join("; ")
