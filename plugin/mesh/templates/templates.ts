import { refuseDelegated, requirePerson } from "../access.ts"
import type { Fleets } from "../fleets/fleets.ts"
import type { Ledger, Query, Tx } from "../ledger/port.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import {
  countTemplates,
  digestOf,
  insertTemplate,
  templateCalled,
  type TemplateRow,
  templatesOf,
  userWide,
} from "../ledger/tables/templates.ts"
import type { Caller } from "../model/caller.ts"
import { MeshError } from "../model/errors.ts"
import { nearNames } from "../specialists/near-names.ts"
import { fillTemplate, type Values } from "./fill-template.ts"
import { freeName } from "./free-name.ts"
import { summarizeTemplate, type Template, type TemplateDraft } from "./template.ts"

/** A model that saves without end fills nobody's list: more names than a person could tell apart. */
const mostNames = 200

export interface TemplatesDeps {
  ledger: Ledger
  fleets: Pick<Fleets, "refuseSpawn" | "spawn">
  /** Read at first use. */
  bundled: () => readonly TemplateDraft[]
}

/**
 * Fleets to spawn again. What a lead saves belongs to its project, since a model that a repository has
 * talked into something must not leave it behind for the next one; what a person imports is theirs in
 * every project. The user's own stand before the project's, those before the ones that are shipped.
 */
export const createTemplates = ({ ledger, fleets, bundled }: TemplatesDeps) => {
  const shippedCalled = (name: string): Template | undefined => {
    const found = bundled().find((each) => each.name === name)
    return found && shipped(found)
  }

  const visibleIn = async (db: Query, project: string) => {
    const all = new Map<string, Template>()
    for (const each of bundled()) all.set(each.name, shipped(each))
    for (const owner of [project, userWide])
      for (const row of await templatesOf(db, owner)) all.set(row.name, templateOf(row))
    return [...all.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** The one that a name means, in its newest version. */
  const newest = async (db: Query, project: string, name: string) => {
    for (const owner of [userWide, project]) {
      const row = await templateCalled(db, owner, name)
      if (row) return templateOf(row)
    }
    return shippedCalled(name)
  }

  const find = async (caller: Caller, name: string, version?: number): Promise<Template> => {
    const found = await ledger.read(async (db) => {
      const last = await newest(db, caller.project, name)
      if (!last) return { others: await visibleIn(db, caller.project) }
      if (version === undefined || version === last.version) return { template: last }
      const owner = last.owner === "user" ? userWide : caller.project
      const row =
        last.owner === "meshfleet" ? undefined : await templateCalled(db, owner, name, version)
      return row ? { template: templateOf(row) } : { last }
    })
    if (found.template) return found.template
    if (found.last)
      throw new MeshError(
        "UNKNOWN_TEMPLATE",
        `Template "${name}" has no version ${version}; its newest is ${found.last.version}.`,
        "Name one of these versions, or leave it out for the newest.",
      )
    const others = found.others.map((each) => ({ agent: each.name, names: [each.name] }))
    const near = nearNames(name, others)
    throw new MeshError(
      "UNKNOWN_TEMPLATE",
      `No template "${name}"${near.length > 0 ? `; did you mean ${near.join(" or ")}?` : "."}`,
      "Call list_fleet_templates to see all of them.",
    )
  }

  /** One more version of a name, or its first. */
  const append = async (tx: Tx, project: string, { name, description, agents }: TemplateDraft) => {
    const last = await templateCalled(tx, project, name)
    if (!last && (await countTemplates(tx, project)) >= mostNames)
      throw new MeshError(
        "LIMIT_REACHED",
        `There are ${mostNames} templates already, which is the limit.`,
        "Save a new version of one of them by its name.",
      )
    const row = {
      project,
      name,
      version: (last?.version ?? 0) + 1,
      description: description ?? null,
      agents: JSON.stringify(agents),
    }
    await insertTemplate(tx, row)
    await appendEvent(tx, {
      type: "template.saved",
      data: { name, version: row.version, project, digest: digestOf(row) },
    })
    return templateOf({ ...row, created_at: tx.at })
  }

  return {
    find,

    /** Newest versions, by name. */
    list: async (caller: Caller) => ({
      templates: (await ledger.read((db) => visibleIn(db, caller.project))).map(summarizeTemplate),
    }),

    /** One of them, with its agents as they were saved. */
    async show(caller: Caller, name: string) {
      const template = await find(caller, name)
      return { templates: [{ ...summarizeTemplate(template), agents: template.agents }] }
    },

    async save(caller: Caller, draft: TemplateDraft) {
      refuseDelegated(caller, "save templates")
      if (caller.member)
        throw new MeshError(
          "NOT_ALLOWED",
          "Members of a fleet cannot save templates.",
          'Tell your lead with send_message to "lead" what should be saved.',
        )
      const saved = await ledger.transact(async (tx) => {
        if (await templateCalled(tx, userWide, draft.name))
          throw taken(draft.name, "is the user's own, in every project")
        const isOwn = await templateCalled(tx, caller.project, draft.name)
        if (!isOwn && shippedCalled(draft.name))
          throw taken(draft.name, "is shipped with Meshfleet")
        return append(tx, caller.project, draft)
      })
      return { template: summarizeTemplate(saved) }
    },

    /**
     * For the user, in every project. A name that is there already gives way to one with the time,
     * unless the person has chosen: then it is the next version of their own.
     */
    async import(caller: Caller, draft: TemplateDraft, as?: string) {
      requirePerson(caller, "import templates")
      const imported = await ledger.transact(async (tx) => {
        const isTaken = async (name: string) =>
          (await newest(tx, caller.project, name)) !== undefined
        if (as === undefined)
          return append(tx, userWide, {
            ...draft,
            name: await freeName(draft.name, tx.at, isTaken),
          })
        const isOwn = await templateCalled(tx, userWide, as)
        if (!isOwn && (await isTaken(as)))
          throw taken(
            as,
            shippedCalled(as) ? "is shipped with Meshfleet" : "belongs to this project",
          )
        return append(tx, userWide, { ...draft, name: as })
      })
      return { template: summarizeTemplate(imported), renamed: imported.name !== draft.name }
    },

    async spawn(
      caller: Caller,
      { name, version, variables = {} }: TemplateCall,
      signal?: AbortSignal,
    ) {
      fleets.refuseSpawn(caller)
      const template = await find(caller, name, version)
      const agents = fillTemplate(template, variables)
      const from = `${name} ${template.version}`
      const draft = { agents, name: name.slice(0, mostFleetName), template: from }
      const spawned = await fleets.spawn(caller, draft, signal)
      return { ...spawned, template: name, version: template.version }
    },
  }
}

/** As long as a fleet may be called by a call. */
const mostFleetName = 40

export interface TemplateCall {
  name: string
  version?: number | undefined
  variables?: Values | undefined
}

export type Templates = ReturnType<typeof createTemplates>

const shipped = (draft: TemplateDraft): Template => ({
  ...draft,
  version: 1,
  owner: "meshfleet",
  savedAt: undefined,
})

const templateOf = (row: TemplateRow): Template => ({
  name: row.name,
  version: row.version,
  description: row.description ?? undefined,
  agents: JSON.parse(row.agents) as TemplateDraft["agents"],
  owner: row.project === userWide ? "user" : "project",
  savedAt: row.created_at,
})

const taken = (name: string, whose: string) =>
  new MeshError(
    "NAME_TAKEN",
    `The template "${name}" ${whose}.`,
    "Choose another name; nothing was changed.",
  )
