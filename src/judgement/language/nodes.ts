import type { Value } from '../../kernel/values.ts'
import type { Bound, Interval, Node, Overload, Type } from './model.ts'

type Shape<K> = K extends Node ? Omit<K, 'cost' | 'lazyCost' | 'depth' | 'nullable'> : never

interface Work {
  readonly own: number
  readonly children: readonly Node[]
  readonly nullable: boolean
}

/** Adds cost and depth of the children to a node. */
export function makeNode(shape: Shape<Node>, { own, children, nullable }: Work): Node {
  let cost = own
  let lazyCost = 0
  let depth = 0
  for (const child of children) {
    cost += child.cost
    lazyCost += child.lazyCost
    if (child.depth > depth) depth = child.depth
  }
  return { ...shape, cost, lazyCost, depth: depth + 1, nullable }
}

interface ConstantOptions {
  readonly location?: unknown
  readonly interval?: Interval
  readonly integral?: boolean
}

export function constantNode(type: Type, value: Value, options: ConstantOptions = {}): Node {
  const { location = -1, interval, integral } = options
  return {
    kind: 'constant',
    type,
    value,
    location,
    nullable: value === null,
    cost: 0,
    lazyCost: 0,
    depth: 1,
    ...(interval === undefined ? {} : { interval }),
    ...(integral === true ? { integral } : {}),
  }
}

export interface CallShape {
  readonly target: Overload
  readonly args: readonly Node[]
  readonly type: Type
  readonly location: unknown
  readonly bound?: Bound | undefined
}

export function callNode({ target, args, type, location, bound }: CallShape): Node {
  const integral = target.keepsIntegral === true && args.every(isWhole)
  const handled = target.nulls === 'handled'
  const nullable = target.partial === true || (handled ? target.result === 'SAME' : args.some((arg) => arg.nullable))
  const shape = { kind: 'call' as const, type, target, args, location, integral }
  const bare = args.length > 0 && bound !== undefined ? { ...shape, bound } : shape
  return makeNode(bare, { own: target.cost + (bound?.cost ?? 0), children: args, nullable })
}

/** True for BIGINT and for sums of whole numbers. */
export function isWhole(node: Node): boolean {
  return node.type === 'BIGINT' || node.integral === true || node.type === 'NULL'
}

/** The arguments that are still needed after `bind`. */
export function remainingArgs(target: Overload, args: readonly Node[], bound: Bound | undefined): readonly Node[] {
  if (bound === undefined) return args
  const consumed =
    target.consumes ?? target.parameters.flatMap((parameter, index) => (parameter.constant ? [index] : []))
  return args.filter((_, index) => !consumed.includes(index))
}

/** Calls an implementation with values that the checker has typed. */
export function apply(call: (...values: never[]) => Value, values: readonly Value[]): Value {
  return (call as (...values: readonly Value[]) => Value)(...values)
}

export function isNullConstant(node: Node): boolean {
  return node.kind === 'constant' && node.value === null
}
