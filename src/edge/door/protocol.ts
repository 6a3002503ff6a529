/** A decision that is asked for, as the door read it off the wire. */
export interface Asked {
  /** The door's own number of the request. */
  readonly number: number
  readonly id: string
  readonly authorization: string | undefined
  /** The network address that asks. */
  readonly address: string
  readonly body: string
}

export interface Answered {
  readonly number: number
  readonly status: number
  readonly type: string
  readonly body: string
}

export type ToDoor = { readonly kind: 'answers'; readonly answers: Packed } | { readonly kind: 'stop' }

export type FromDoor =
  | { readonly kind: 'open'; readonly port: number }
  | { readonly kind: 'failed'; readonly code: string | undefined; readonly message: string }
  | { readonly kind: 'asked'; readonly asked: Packed }

/** The fields of many requests or answers one after the other: names that come with every object cost more than what they name. */
export type Packed = readonly (string | number | undefined)[]

export const packAsked = (all: readonly Asked[]): Packed =>
  all.flatMap(({ number, id, authorization, address, body }) => [number, id, authorization, address, body])

export function* unpackAsked(packed: Packed): Generator<Asked> {
  for (let at = 0; at < packed.length; at += 5) {
    const [number, id, authorization, address, body] = packed.slice(at, at + 5) as [
      number,
      string,
      undefined,
      string,
      string,
    ]
    yield { number, id, authorization, address, body }
  }
}

export const packAnswered = (all: readonly Answered[]): Packed =>
  all.flatMap(({ number, status, type, body }) => [number, status, type, body])

export function* unpackAnswered(packed: Packed): Generator<Answered> {
  for (let at = 0; at < packed.length; at += 4) {
    const [number, status, type, body] = packed.slice(at, at + 4) as [number, number, string, string]
    yield { number, status, type, body }
  }
}

export interface DoorSettings {
  readonly port: number
  readonly host: string
  /** Path of the socket on which the program itself listens. */
  readonly inner: string
  /** As many of the addresses in X-Forwarded-For are believed. */
  readonly proxies: number
}

/** Answers what is gathered of one turn of the event loop by one message: `send` gets all that was added since the last turn. */
export function gather<Item>(send: (items: readonly Item[]) => void): (item: Item) => void {
  let items: Item[] = []
  return (item) => {
    items.push(item)
    if (items.length > 1) return
    setImmediate(() => {
      const gathered = items
      items = []
      send(gathered)
    })
  }
}
