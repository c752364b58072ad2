import type { Candidate } from "../../../plugin/mesh/routing/index/corpus.ts"

export const specialist = (
  id: string,
  title: string,
  skills: string[],
  more: Partial<Candidate> = {},
): Candidate => ({ kind: "specialist", id, role: title, title, skills, ...more })

export const agent = (
  id: string,
  role: string,
  skills: string[],
  more: Partial<Candidate> = {},
): Candidate => ({ kind: "agent", id, role, skills, ...more })

/** A roster small enough to see why who wins. */
export const roster: Candidate[] = [
  specialist(
    "security-auditor",
    "Security Auditor",
    ["authentication", "vulnerability", "session"],
    {
      description: "Use when code needs a security audit.",
      triggers: ["people stay logged in after they change their password"],
      terms: ["Schwachstelle", "安全审计"],
      aliases: ["appsec"],
    },
  ),
  specialist("database-optimizer", "Database Optimizer", ["postgres", "index", "slow query"], {
    description: "Use when a query is slow.",
    triggers: ["the list of orders takes forever since Monday"],
  }),
  specialist("book-author", "Book Co-Author", ["chapter", "manuscript", "book"], {
    description: "Use when a book needs a chapter.",
    triggers: ["help me finish my novel"],
  }),
  specialist("frontend-developer", "Frontend Developer", ["react", "css", "layout"], {
    description: "Use when a page looks wrong.",
    triggers: ["the button is covered on my phone"],
  }),
]
