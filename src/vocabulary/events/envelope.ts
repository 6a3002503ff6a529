/** A CloudEvents 1.0 envelope (https://cloudevents.io) with our extension attributes `site`, `tenant` and `market`. */
export interface CloudEvent {
  readonly specversion?: string
  readonly id: string
  readonly source: string
  readonly type: string
  readonly time?: string
  readonly subject?: string
  readonly site?: string
  readonly tenant?: string
  /** Markets of an event whose data names none, e.g. a comment on a German page. */
  readonly market?: string
  readonly data: Readonly<Record<string, unknown>>
}
