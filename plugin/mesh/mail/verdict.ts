/** What a reviewer says of a commit: the action of a receipt. */
export interface Verdict {
  approves: boolean
  commit: string
}

/** As much of a commit's name as an action has room for: all of a SHA-1, and of a longer one as much. */
const namedBy = 40

const word = (approves: boolean) => (approves ? "approved" : "declined")

export const renderVerdict = ({ approves, commit }: Verdict) =>
  `${word(approves)}:${commit.slice(0, namedBy)}`

/** Undefined for an action that is none. */
export const parseVerdict = (action: string): Verdict | undefined => {
  const [, said, commit] = /^(approved|declined):([0-9a-f]{40})$/.exec(action) ?? []
  return commit === undefined ? undefined : { approves: said === "approved", commit }
}

/** A verdict by its word that names no whole commit: whoever could make another one like it could pass for it. */
export const isVagueVerdict = (action: string) =>
  /^(?:approved|declined):/.test(action) && parseVerdict(action) === undefined

export const isOf = ({ commit }: Verdict, whole: string) => whole.startsWith(commit)
