import type { Layout, Value } from '../../kernel/values.ts'
import { compileIndex, type Indexed, splitCondition, type TriState } from './compile-index.ts'
import { createScope, emitTri, emitValue, type Scope } from './emit.ts'
import { interpret } from './interpret.ts'
import type { Checked, Evaluate, EvaluateSet, Node } from './model.ts'

/**
 * Compiles a checked expression to a JavaScript function. Where code generation is forbidden the interpreter is used;
 * both give the same value on every row.
 */
export function compile(checked: Checked, layout: Layout): Evaluate {
  const scope = createScope()
  const code = emitValue(scope, checked.node)
  const evaluate = generate<Evaluate>(scope, `const v=${code};return v===undefined?null:v`, 'row,resolve')
  return evaluate ?? interpret(checked, layout)
}

/** Longest body of one generated function: V8 stops optimising very long ones. */
const longestBody = 12_000

/** Conditions from which on the index is faster than asking each of them. */
const indexFrom = 96

/**
 * Compiles BOOLEAN conditions into one function that writes a verdict for each: 1 true, 0 false, -1 NULL.
 * Lazy columns are resolved only when a condition's answer depends on them. Many conditions share an index of their
 * comparisons with constants; what it cannot hold is generated code.
 * @throws Error when a condition is not BOOLEAN.
 */
export function compileSet(conditions: readonly Checked[], layout: Layout): EvaluateSet {
  const wrong = conditions.find(({ type }) => type !== 'BOOLEAN' && type !== 'NULL')
  if (wrong !== undefined) throw new Error(`"${wrong.text}" has type ${wrong.type}; a condition must be BOOLEAN`)
  const all = conditions.map((condition, at) => ({ condition, at }))
  if (conditions.length < indexFrom) return scanSet(all, layout)
  const indexed: Indexed[] = []
  const others: Placed[] = []
  for (const placed of all) {
    const parts = splitCondition(placed.condition, layout)
    if (parts) indexed.push({ at: placed.at, parts })
    else others.push(placed)
  }
  if (indexed.length < indexFrom) return scanSet(all, layout)
  const index = compileIndex(indexed, layout, (node) => compileTri(node, layout))
  const scan = scanSet(others, layout)
  return (row, resolve, out) => {
    out.fill(0, 0, conditions.length)
    index(row, resolve, out)
    scan(row, resolve, out)
  }
}

/** A condition and where its verdict goes. */
interface Placed {
  readonly condition: Checked
  readonly at: number
}

/** Asks every condition, in as few generated functions as V8 likes. */
function scanSet(conditions: readonly Placed[], layout: Layout): EvaluateSet {
  const parts: EvaluateSet[] = []
  let scope = createScope()
  let body = ''
  const close = (): boolean => {
    const part = generate<EvaluateSet>(scope, body, 'row,resolve,out')
    if (part === undefined) return false
    parts.push(part)
    scope = createScope()
    body = ''
    return true
  }
  for (const { condition, at } of conditions) {
    const { node } = condition
    body += `out[${at}]=${node.type === 'NULL' ? '-1' : emitTri(scope, node)};\n`
    if (body.length > longestBody && !close()) return interpretPlaced(conditions, layout)
  }
  if (body !== '' && !close()) return interpretPlaced(conditions, layout)
  return joinParts(parts)
}

function compileTri(node: Node, layout: Layout): TriState {
  const scope = createScope()
  const generated = generate<TriState>(scope, `return ${emitTri(scope, node)}`, 'row,resolve')
  if (generated) return generated
  const evaluate = interpret({ text: '', node, type: 'BOOLEAN', columns: [], cost: node.cost }, layout)
  return (row, resolve) => triOf(evaluate(row, resolve))
}

function joinParts(parts: readonly EvaluateSet[]): EvaluateSet {
  const [only] = parts
  if (parts.length === 1 && only !== undefined) return only
  return (row, resolve, out) => {
    for (const part of parts) part(row, resolve, out)
  }
}

/** The same as compileSet without generated code. */
export function interpretSet(conditions: readonly Checked[], layout: Layout): EvaluateSet {
  return interpretPlaced(
    conditions.map((condition, at) => ({ condition, at })),
    layout,
  )
}

function interpretPlaced(conditions: readonly Placed[], layout: Layout): EvaluateSet {
  const evaluators = conditions.map(({ condition, at }) => ({ evaluate: interpret(condition, layout), at }))
  return (row, resolve, out) => {
    for (const { evaluate, at } of evaluators) out[at] = triOf(evaluate(row, resolve))
  }
}

function triOf(value: Value): number {
  return value === null ? -1 : value === true ? 1 : 0
}

/** Undefined where the runtime forbids code generation. */
function generate<Generated>(scope: Scope, body: string, parameters: string): Generated | undefined {
  const constants = scope.constants.map((_, index) => `k${index}=k[${index}]`)
  const columns = [...scope.plain].map((slot) => `c${slot}=row[${slot}]`)
  const temps = Array.from({ length: scope.temps }, (_, index) => `t${index + 1}`)
  const declare = (keyword: string, names: readonly string[]) =>
    names.length === 0 ? '' : `${keyword} ${names.join(',')};\n`
  const source =
    `"use strict";${declare('const', constants)}return function(${parameters}){\n` +
    `${declare('const', columns)}${declare('let', temps)}${body}\n}`
  try {
    return new Function('k', source)(scope.constants) as Generated
  } catch (error) {
    if (error instanceof EvalError) return undefined
    throw error
  }
}
