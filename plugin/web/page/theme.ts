const name = "meshfleet-theme"

export const restoreTheme = () => {
  const theme = localStorage.getItem(name)
  if (theme) document.documentElement.dataset["theme"] = theme
}

export const isDark = () =>
  (document.documentElement.dataset["theme"] ??
    (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark"

export const switchTheme = () => {
  const theme = isDark() ? "light" : "dark"
  document.documentElement.dataset["theme"] = theme
  localStorage.setItem(name, theme)
  dispatchEvent(new Event("themechange"))
}

/** The colours of the style sheet, for drawings. */
export const colours = () => {
  const style = getComputedStyle(document.documentElement)
  return (variable: string) => style.getPropertyValue(`--${variable}`).trim()
}

export const onThemeChange = (listener: () => void) => {
  const media = matchMedia("(prefers-color-scheme: dark)")
  addEventListener("themechange", listener)
  media.addEventListener("change", listener)
  return () => {
    removeEventListener("themechange", listener)
    media.removeEventListener("change", listener)
  }
}
