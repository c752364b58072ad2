import { passagesOf, readsTheSame, type Candidate } from "./corpus.ts"
import { lexicon } from "./lexicon.ts"
import { isForeign } from "./meanings.ts"
import { createNearWords } from "./near-words.ts"
import { readQuery, type Query } from "./query.ts"
import { createReader } from "./reader.ts"
import { countWords, createSmallTalkModel } from "./small-talk-model.ts"
import { smallTalk } from "./small-talk.ts"
import { createSpelling } from "./spelling.ts"
import { createTextIndex, signalsOf, type Signals, type TextIndex } from "./text-index.ts"
import { splitWords } from "./tokenize.ts"

export const createMatcher = (roster: readonly Candidate[]) => {
  const reader = createReader(lexicon)
  const base = createTextIndex(roster, reader)
  const counts = new Map<string, number>()
  const english = new Map<string, number>()
  for (const c of roster) for (const p of passagesOf(c)) {
    const ws = splitWords(p.text)
    const f = isForeign(p.text, ws)
    for (const w of ws) { counts.set(w, (counts.get(w) ?? 0) + 1); if (!f) english.set(w, (english.get(w) ?? 0) + 1) }
  }
  for (const l of lexicon.split("\n")) for (const w of splitWords(l.split("|")[0]!)) if (!english.has(w)) english.set(w, 1)
  const spelling = createSpelling(english)
  const near = process.env.NONEAR ? () => [] : createNearWords([...counts.keys()].filter((w) => w.length > 3))
  const talk = createSmallTalkModel(countWords(smallTalk.split("\n")), counts)
  return {
    base, reader,
    read: (d: string, k: readonly string[] = []) => readQuery(d, k, reader, spelling, near),
    signals: (q: Query): Signals => signalsOf(base, q.rows),
    talk: (q: Query) => q.allWords.map(talk),
  }
}
