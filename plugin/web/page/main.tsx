import { options, render } from "preact"
import { readProject, takeKey } from "./ask.ts"
import { follow } from "./connection.ts"
import { App } from "./parts/app.tsx"
import { createStore } from "./store.ts"
import { restoreTheme } from "./theme.ts"

// With what they belong to: Preact would wait for a picture, and what they draw for one more.
options.requestAnimationFrame = queueMicrotask
restoreTheme()
takeKey()
const store = createStore()
const connection = follow(() => store.get().choice, store.told, store.setLink)
readProject().then(store.setHome, () => undefined)
const root = document.getElementById("app")!
root.replaceChildren()
render(<App store={store} reopen={connection.reopen} />, root)
