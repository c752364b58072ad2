import { expect, test } from "bun:test"
import {
  accessClasses,
  findWidening,
  permissionOf,
  type Access,
  type Permission,
} from "../../../../plugin/mesh/specialists/file/access-class.ts"

const widening = (access: Access, permission: Permission) =>
  findWidening(permission, accessClasses[access])

test("every class accepts its own block", () => {
  for (const block of Object.values(accessClasses)) expect(findWidening(block, block)).toEqual([])
})

test("a block may be narrowed", () => {
  expect(widening("write", { task: "deny", edit: { "*": "ask", "src/*": "deny" } })).toEqual([])
  expect(widening("review", { edit: "deny", task: "deny", webfetch: "deny" })).toEqual([])
  expect(
    widening("ops", { edit: "deny", bash: { "*": "deny", "git *": "ask" }, task: "deny" }),
  ).toEqual([])
  expect(
    widening("docs", { edit: { "*": "deny", "docs/*.md": "allow" }, bash: "deny", task: "deny" }),
  ).toEqual([])
  expect(
    widening("review", { edit: "deny", task: "deny", bash: { "*": "deny", "git *": "allow" } }),
  ).toEqual([])
})

test("a block may not be widened", () => {
  expect(widening("review", { edit: "ask", task: "deny" })).toEqual([
    'edit "*": ask is wider than its access class: at most deny',
  ])
  expect(widening("review", { edit: "deny", task: "deny", bash: "allow" })).toEqual([
    'bash "*": allow is the user\'s to give: leave it out',
  ])
  expect(
    widening("ops", { edit: "ask", bash: { "*": "ask", "git *": "allow" }, task: "deny" }),
  ).toEqual(['bash "git *": allow is wider than its access class: at most ask'])
  expect(
    widening("docs", { edit: { "*": "deny", "src/*": "allow" }, bash: "deny", task: "deny" }),
  ).toEqual(['edit "src/*": allow is wider than its access class: at most deny'])
})

test("a command alone is within what its pattern with arguments may", () => {
  const base: Permission = { bash: { "*": "deny", "git *": "ask" } }
  expect(findWidening({ bash: { "*": "deny", git: "ask" } }, base)).toEqual([])
  expect(findWidening({ bash: { "*": "deny", gitk: "ask" } }, base)).toHaveLength(1)
})

test("a missing line is named with what to write", () => {
  expect(widening("plan", { edit: "deny", task: "deny" })).toEqual([
    'bash is missing: write bash: "deny"',
  ])
})

test("patterns without a leading * are refused, since the rest would stay open", () => {
  expect(widening("review", { edit: { "*.ts": "deny" }, task: "deny" })).toEqual([
    'edit must begin with "*": the last matching pattern wins',
  ])
})

test("only the orchestrator may start sub-agents", () => {
  expect(permissionOf("agents-orchestrator", "ops")).toEqual({ edit: "ask", bash: "ask" })
  expect(permissionOf("debugger", "write")).toEqual({ task: "deny" })
})
