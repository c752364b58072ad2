import { createExpansions, type ExpansionConfig } from "./expansions.ts"
import lexicon from "../words/lexicon.txt" with { type: "text" }
import { createMeanings } from "../words/meanings.ts"
import { createNearWords } from "../words/near-words.ts"
import type { Language } from "./query.ts"
import { countWords, createSmallTalkModel, type SmallTalkModel } from "./small-talk-model.ts"
import smallTalk from "./small-talk.txt" with { type: "text" }
import { createSpelling, type Spelling } from "../words/spelling.ts"
import type { Vocabulary } from "../words/vocabulary.ts"

const later = <T extends (...args: never[]) => unknown>(make: () => T): T => {
  let made: T | undefined
  return ((...args: never[]) => (made ??= make())(...args)) as T
}

/** What is needed to read descriptions; the parts that few of them need are made when one does. */
export const createLanguage = (
  vocabulary: Vocabulary,
  config: ExpansionConfig,
  countOf: (word: string) => number = vocabulary.countOf,
): Language & { talk: () => SmallTalkModel } => {
  let talk: SmallTalkModel | undefined
  return {
    vocabulary,
    meaningsIn: createMeanings(lexicon, vocabulary.stemOf),
    spelling: later<Spelling>(() => createSpelling(vocabulary.englishWords)),
    nearWords: createNearWords(vocabulary.englishWordsFrom),
    expand: createExpansions(config, vocabulary.stemOf),
    talk: () =>
      (talk ??= createSmallTalkModel(countWords(smallTalk.split("\n")), {
        countOf,
        total: vocabulary.total(),
      })),
  }
}
