import { type ChildProcess, fork } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { growth, type Measure, measure, median, type Options, shown } from './measure.ts'
import { orderSource } from './shop.ts'

interface Server {
  readonly url: URL
  readonly token: string
  readonly child: ChildProcess
}

function startServer(kind: 'echo' | 'aedile'): Promise<Server> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('./http-server.ts', import.meta.url)), [kind], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
    })
    child.once('message', (ready: { url: string; token: string }) =>
      resolve({ url: new URL(ready.url), token: ready.token, child }),
    )
    child.once('exit', (code) => reject(new Error(`the ${kind} server ended with ${code}`)))
  })
}

function stopServer({ child }: Server): Promise<void> {
  return new Promise((resolve) => {
    child.removeAllListeners('exit')
    child.once('exit', () => resolve())
    child.send('stop')
  })
}

/** One connection that asks again as soon as it is answered; raw sockets, so that the generator costs little. */
function client(
  { url, token }: Server,
  next: () => string | null,
  done: (millis: number, status: string) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(Number(url.port), url.hostname)
    socket.setNoDelay(true)
    let [sent, buffered] = [0, '']
    const ask = () => {
      const body = next()
      if (body === null) {
        socket.end()
        resolve()
        return
      }
      sent = performance.now()
      socket.write(
        `POST /v1/decide HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\nauthorization: Bearer ${token}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      )
    }
    socket.on('connect', ask)
    socket.on('error', reject)
    socket.on('data', (chunk) => {
      buffered += chunk.toString('latin1')
      const head = buffered.indexOf('\r\n\r\n')
      if (head < 0) return
      const length = Number(/content-length: (\d+)/i.exec(buffered)?.[1] ?? 0)
      if (buffered.length < head + 4 + length) return
      const status = buffered.slice(9, 12)
      buffered = buffered.slice(head + 4 + length)
      done(performance.now() - sent, status)
      ask()
    })
  })
}

interface Load {
  readonly rate: number
  readonly p50: number
  readonly p99: number
}

async function load(
  server: Server,
  source: (count: number) => string[],
  options: { seconds: number; connections: number },
): Promise<Load> {
  const started = performance.now()
  const until = started + options.seconds * 1000
  const times: number[] = []
  const next = () => (performance.now() < until ? (source(1)[0] ?? null) : null)
  const done = (millis: number, status: string) => {
    if (status !== '200') throw new Error(`status ${status}`)
    times.push(millis)
  }
  await Promise.all(Array.from({ length: options.connections }, () => client(server, next, done)))
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.floor(times.length * share)] ?? Number.NaN
  return { rate: times.length / ((performance.now() - started) / 1000), p50: at(0.5), p99: at(0.99) }
}

const scanSql =
  'SELECT category, currency, count(*), avg(amount), count(DISTINCT buyer_id) FROM events GROUP BY ALL ORDER BY 3 DESC'

/** An analyst who runs a full scan again and again; returns how to stop, and then how many there were. */
function analyst({ url, token }: Server): () => Promise<number> {
  let [scans, going] = [0, true]
  const run = async () => {
    while (going) {
      const answer = await fetch(new URL('/v1/sql', url), {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ sql: scanSql }),
      })
      if (!answer.ok) throw new Error(`the scan was refused: ${await answer.text()}`)
      await answer.text()
      scans++
    }
  }
  const running = run()
  return async () => {
    going = false
    await running
    return scans
  }
}

export async function httpMeasures({ quick, say }: Options): Promise<Measure[]> {
  const [echo, aedile] = [await startServer('echo'), await startServer('aedile')]
  try {
    const source = orderSource({ events: 2_000_000, days: 10, seed: Math.floor(Date.now() / 1000) })
    const seconds = quick ? 2 : 5
    await load(aedile, source, { seconds: seconds * 2, connections: 64 })
    await load(echo, source, { seconds: 1, connections: 64 })
    const stop = analyst(aedile)
    const rounds: { echo: Load; aedile: Load }[] = []
    for (let round = 0; round < (quick ? 3 : 5); round++)
      rounds.push({
        echo: await load(echo, source, { seconds, connections: 64 }),
        aedile: await load(aedile, source, { seconds, connections: 64 }),
      })
    const scans = await stop()
    const points = []
    for (const connections of [8, 16, 32, 64])
      points.push({ size: connections, cost: (await load(aedile, source, { seconds: 1, connections })).p99 })
    const own = median(rounds.map((round) => round.aedile.rate))
    const bare = median(rounds.map((round) => round.echo.rate))
    const p99 = median(rounds.map((round) => round.aedile.p99))
    say(`decide over HTTP: ${shown(own)} a second, bare echo ${shown(bare)}, p99 ${shown(p99)} ms`)
    const notes = [
      `64 connections, durable before the answer, ${scans} full scans in the workbench meanwhile; p50 ${shown(median(rounds.map((round) => round.aedile.p50)))} ms, echo p99 ${shown(median(rounds.map((round) => round.echo.p99)))} ms`,
      growth('p99 by connections', 'ms', points),
    ]
    return [
      measure({
        name: 'decide-http-vs-bare-echo',
        value: own,
        unit: 'requests/s',
        peer: 'fastify echo',
        peer_value: bare,
        ratio: own / bare,
        target: '≥ 0.5×',
        pass: own / bare >= 0.5,
        notes,
      }),
      measure({ name: 'decide-http-p99', value: p99, unit: 'ms', target: '< 15 ms', pass: p99 < 15, notes }),
    ]
  } finally {
    await Promise.all([stopServer(echo), stopServer(aedile)])
  }
}
