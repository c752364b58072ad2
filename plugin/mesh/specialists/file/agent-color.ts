/** The colors OpenCode takes from the user's theme. */
const themeColors = ["primary", "secondary", "accent", "success", "warning", "error", "info"]

/** CSS names that people give agents, and those of Tailwind where CSS has none. */
const namedColors: Readonly<Record<string, string>> = {
  amber: "#F59E0B",
  aqua: "#00FFFF",
  azure: "#F0FFFF",
  beige: "#F5F5DC",
  black: "#000000",
  blue: "#0000FF",
  brown: "#A52A2A",
  chocolate: "#D2691E",
  coral: "#FF7F50",
  crimson: "#DC143C",
  cyan: "#00FFFF",
  darkblue: "#00008B",
  darkgray: "#A9A9A9",
  darkgreen: "#006400",
  darkorange: "#FF8C00",
  darkred: "#8B0000",
  darkviolet: "#9400D3",
  deeppink: "#FF1493",
  deepskyblue: "#00BFFF",
  dodgerblue: "#1E90FF",
  emerald: "#10B981",
  firebrick: "#B22222",
  forestgreen: "#228B22",
  fuchsia: "#FF00FF",
  gold: "#FFD700",
  gray: "#808080",
  green: "#008000",
  grey: "#808080",
  hotpink: "#FF69B4",
  indigo: "#4B0082",
  ivory: "#FFFFF0",
  khaki: "#F0E68C",
  lavender: "#E6E6FA",
  lightblue: "#ADD8E6",
  lightgreen: "#90EE90",
  lime: "#00FF00",
  limegreen: "#32CD32",
  magenta: "#FF00FF",
  maroon: "#800000",
  midnightblue: "#191970",
  navy: "#000080",
  olive: "#808000",
  orange: "#FFA500",
  orangered: "#FF4500",
  orchid: "#DA70D6",
  pink: "#FFC0CB",
  plum: "#DDA0DD",
  purple: "#800080",
  rebeccapurple: "#663399",
  red: "#FF0000",
  rose: "#F43F5E",
  royalblue: "#4169E1",
  salmon: "#FA8072",
  seagreen: "#2E8B57",
  sienna: "#A0522D",
  silver: "#C0C0C0",
  skyblue: "#87CEEB",
  slate: "#64748B",
  slateblue: "#6A5ACD",
  slategray: "#708090",
  springgreen: "#00FF7F",
  steelblue: "#4682B4",
  tan: "#D2B48C",
  teal: "#008080",
  tomato: "#FF6347",
  turquoise: "#40E0D0",
  violet: "#EE82EE",
  white: "#FFFFFF",
  yellow: "#FFFF00",
  zinc: "#71717A",
}

/** A color as OpenCode takes it, or undefined: one bad color anywhere stops all of OpenCode. */
export const toAgentColor = (value: unknown): string | undefined => {
  if (typeof value !== "string") return undefined
  const color = value.trim().toLowerCase()
  if (themeColors.includes(color)) return color
  if (/^#[0-9a-f]{6}$/.test(color)) return color.toUpperCase()
  if (/^#[0-9a-f]{3}$/.test(color)) return color.toUpperCase().replace(/[0-9A-F]/g, "$&$&")
  const name = color.replace(/[\s_-]/g, "")
  return Object.hasOwn(namedColors, name) ? namedColors[name] : undefined
}
