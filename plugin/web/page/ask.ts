import type { AgentDetail, SessionShown } from "../../mesh/views/shown.ts"

const keyName = "meshfleet-key"

/** The key comes once, behind the # of the first address, and is kept in this origin alone. */
export const takeKey = () => {
  const key = /^#key=([\w-]+)$/.exec(location.hash)?.[1]
  if (key === undefined) return
  localStorage.setItem(keyName, key)
  history.replaceState(null, "", "/")
}

interface Failure {
  detail: string
  next: string
}

const failureOf = async (response: Response): Promise<Error> => {
  try {
    const { error } = (await response.json()) as { error: Failure }
    return new Error(`${error.detail} ${error.next}`)
  } catch {
    return new Error(`The server answered ${response.status}.`)
  }
}

/** Does something as the person. Rejects with what to tell. */
export const act = async (name: string, body: object): Promise<unknown> => {
  const response = await fetch(`/do/${name}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-meshfleet-key": localStorage.getItem(keyName) ?? "",
    },
    body: JSON.stringify(body),
  }).catch(() => {
    throw new Error("The dashboard has ended. Run meshfleet dashboard again.")
  })
  if (!response.ok) throw await failureOf(response)
  return ((await response.json()) as { done: unknown }).done
}

const read = async <T>(path: string): Promise<T> => {
  const response = await fetch(path)
  if (!response.ok) throw await failureOf(response)
  return (await response.json()) as T
}

export const readAgent = (id: string) => read<AgentDetail>(`/agent/${encodeURIComponent(id)}`)
export const readSession = (id: string, part: "all" | "newest") =>
  read<SessionShown>(`/session/${encodeURIComponent(id)}?part=${part}`)
export const readProject = () => read<{ directory: string; project: string }>("/project")
