import { dlopen, ptr } from "bun:ffi"
import { createReadStream, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { output, run } from "../../support/run.ts"

/**
 * A network of its own: loopback, and one way out that ends here. Whatever is sent to another address
 * arrives as a packet that nobody answers, and whatever name is asked for is unknown. Both are noted.
 */
export interface Outside {
  /** "tcp 198.51.100.7:443", "name models.example". */
  seen: string[]
  end(): Promise<void>
}

const own = "192.0.2.1"
const link = "outside0"
/** From linux/if_tun.h: TUNSETIFF, and IFF_TUN with IFF_NO_PI. */
const [setInterface, tunWithoutInfo] = [0x4004_54ca, 0x1001]

/** The command that runs another one in such a network, or why this machine gives none. */
export const sealing = async (): Promise<{ command: string[] } | { refused: string }> => {
  if (process.platform !== "linux") return { refused: `${process.platform} has no namespaces` }
  const asRoot = process.getuid?.() === 0 ? [] : ["--map-root-user"]
  // With processes of its own as well: whatever is left in it ends with the command.
  const processes = ["--pid", "--fork", "--kill-child", "--mount-proc"]
  const command = ["unshare", "--net", "--mount", ...processes, ...asRoot, "--"]
  const { status, stderr } = await run(command[0]!, [
    ...command.slice(1),
    ...[process.execPath, import.meta.path],
  ]).catch((error: Error) => ({ status: null, stderr: error.message }))
  if (status === 0) return { command }
  return { refused: stderr.trim().split("\n").at(-1) || `exit code ${status}` }
}

/** Inside of `sealing().command` alone: it changes the network of the whole namespace. */
export const openOutside = async (): Promise<Outside> => {
  const seen: string[] = []
  await output("ip", ["link", "set", "lo", "up"])
  const tunnel = openTunnel()
  await output("ip", ["address", "add", `${own}/24`, "dev", link])
  await output("ip", ["link", "set", link, "up"])
  await output("ip", ["route", "add", "default", "dev", link])
  // Without IPv6 there is no way out by it either.
  await run("ip", ["-6", "route", "add", "default", "dev", link])
  const packets = createReadStream("", { fd: tunnel, highWaterMark: 65_536 })
  packets.on("data", (data) => {
    const to = destinationOf(data as Buffer)
    if (to) seen.push(to)
  })
  // That the link is gone.
  packets.on("error", () => undefined)

  const folder = mkdtempSync(join(tmpdir(), "meshfleet-outside-"))
  const put = async (place: string, text: string) => {
    const file = join(folder, place.replaceAll("/", "_"))
    writeFileSync(file, text)
    await output("mount", ["--bind", file, place])
  }
  await put("/etc/resolv.conf", `nameserver ${own}\n`)
  // A resolver beyond a socket would ask for this network's names in another one.
  await put("/etc/nsswitch.conf", "hosts: files dns\n")
  const names = await Bun.udpSocket({
    hostname: own,
    port: 53,
    socket: {
      data(socket, query, port, address) {
        seen.push(`name ${nameIn(query)}`)
        socket.send(unknown(query), port, address)
      },
    },
  })
  return {
    seen,
    async end() {
      names.close()
      packets.destroy()
      await run("ip", ["link", "delete", link])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const openTunnel = () => {
  const { symbols } = dlopen("libc.so.6", {
    ioctl: { args: ["int", "u64", "ptr"], returns: "int" },
  })
  const descriptor = openSync("/dev/net/tun", "r+")
  const request = Buffer.alloc(40)
  request.write(link)
  request.writeUInt16LE(tunWithoutInfo, 16)
  if (symbols.ioctl(descriptor, setInterface, ptr(request)) !== 0)
    throw new Error("no tunnel can be made of /dev/net/tun")
  return descriptor
}

const protocols: Record<number, string> = { 1: "icmp", 6: "tcp", 17: "udp", 58: "icmp6" }

/** Where a packet was to go; nothing for what a kernel says by itself to its neighbours. */
const destinationOf = (packet: Buffer): string | undefined => {
  const isFour = packet[0]! >> 4 === 4
  const protocol = packet[isFour ? 9 : 6]!
  if (!isFour && packet[24] === 0xff && [0, 58].includes(protocol)) return undefined
  const address = isFour
    ? packet.subarray(16, 20).join(".")
    : `[${packet.subarray(24, 40).toString("hex").match(/.{4}/g)!.join(":")}]`
  const header = isFour ? (packet[0]! & 15) * 4 : 40
  const port = [6, 17].includes(protocol) ? `:${packet.readUInt16BE(header + 2)}` : ""
  return `${protocols[protocol] ?? `protocol ${protocol}`} ${address}${port}`
}

/** The first question's name, behind the 12 bytes of a query's head. */
const nameIn = (query: Buffer) => {
  const labels: string[] = []
  for (let at = 12; query[at]; at += query[at]! + 1)
    labels.push(query.toString("latin1", at + 1, at + 1 + query[at]!))
  return labels.join(".")
}

/** The query once more, as an answer that says there is no such name. */
const unknown = (query: Buffer) => {
  const answer = Buffer.from(query)
  answer.writeUInt16BE(0x8183, 2)
  return answer
}

if (import.meta.main)
  try {
    const outside = await openOutside()
    await outside.end()
    process.exit(0)
  } catch (error) {
    console.error((error as Error).message)
    process.exit(1)
  }
