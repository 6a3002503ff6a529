import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline as pump } from 'node:stream/promises'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Context } from '../../kernel/operation.ts'
import { type Problem, problem } from '../../kernel/problems.ts'
import type { App } from '../app.ts'
import { loadRecipes } from '../import-recipes.ts'
import { type ImportRun, runImport } from '../imports.ts'
import type { RouteTools } from './server.ts'

const kept = 200

const summaries = {
  'recipes.list': { zh: '导入配方', en: 'Import recipes' },
  'imports.list': { zh: '导入记录', en: 'Imports, newest first' },
  'imports.get': { zh: '导入进度与结果', en: 'Progress and result of an import' },
}

const describedUpload = {
  name: 'imports.start',
  summary: { zh: '上传文件并按配方导入', en: 'Upload a file and import it by a recipe' },
  permission: 'import.write',
  errors: ['not_found', 'too_large', 'disk_full'] as const,
  query: { recipe: true, name: false, delimiter: false, encoding: false, format: false },
  bodyType: 'application/octet-stream',
}

function wrongType(type: string): Problem {
  return {
    code: 'invalid_input',
    field: 'content-type',
    value: type,
    detail: { zh: '上传须为 application/octet-stream', en: 'An upload is application/octet-stream' },
    fix: { zh: '把文件内容直接作为请求体发送', en: 'Send the bytes of the file as the body' },
  }
}

/** Upload of files and the state of imports. Files go to disk as they arrive, so their size does not matter. */
export function importRoutes(app: App, recipesFolder: string) {
  const runs: ImportRun[] = []
  let recipes: ReturnType<typeof loadRecipes> | null = null
  return (server: FastifyInstance, { authorise }: RouteTools): void => {
    server.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload))
    const reads = (name: keyof typeof summaries) => ({
      config: { described: { name, summary: summaries[name], permission: 'import.read', errors: [] } },
      onRequest: async (request: FastifyRequest) =>
        void (await authorise(request, { permission: 'import.read', audited: null })),
    })
    server.get('/v1/recipes', reads('recipes.list'), async () => {
      recipes ??= loadRecipes(recipesFolder)
      return {
        items: [...(await recipes)].map(([id, checked]) =>
          'recipe' in checked && checked.recipe
            ? recipeView(id, checked.recipe)
            : { recipe: id, title: { zh: id, en: id }, problems: 'problems' in checked ? checked.problems : [] },
        ),
        next: null,
      }
    })
    server.get('/v1/imports', reads('imports.list'), async () => {
      return { items: [...runs].reverse(), next: null }
    })
    server.get<{ Params: { import_id: string } }>('/v1/imports/:import_id', reads('imports.get'), async (request) => {
      const found = runs.find((run) => run.import_id === request.params.import_id)
      if (!found)
        throw problem({
          code: 'not_found',
          field: 'import_id',
          value: request.params.import_id,
          detail: { zh: '没有这次导入', en: 'No such import' },
        })
      return found
    })
    const contexts = new WeakMap<FastifyRequest, Context>()
    const upload = {
      bodyLimit: 16 * 1024 ** 3,
      config: { described: describedUpload },
      // Other types of body would be read into memory whole.
      onRequest: async (request: FastifyRequest) => {
        contexts.set(request, await authorise(request, { permission: 'import.write', audited: 'imports.start' }))
        const type = request.headers['content-type'] ?? ''
        if (!type.startsWith('application/octet-stream')) throw problem(wrongType(type))
      },
    }
    server.post<{
      Querystring: { recipe?: string; name?: string; delimiter?: string; encoding?: string; format?: string }
    }>('/v1/imports', upload, async (request) => {
      const context = contexts.get(request)
      if (!context) throw new Error('an upload came past its authorisation')
      const { recipe, name = 'upload', delimiter, encoding, format } = request.query
      if (!recipe)
        throw problem({
          code: 'invalid_input',
          field: 'recipe',
          value: null,
          detail: { zh: '需要 recipe 参数', en: 'Name the recipe' },
        })
      const folder = join(app.folder, 'uploads')
      await mkdir(folder, { recursive: true })
      const mine = await mkdtemp(join(folder, 'import-'))
      const path = join(mine, basename(name).replace(/[^\w.\-\u4e00-\u9fff]|^\.+/g, '_') || 'upload')
      try {
        await pump(request.body as Readable, createWriteStream(path))
      } catch (error) {
        await rm(mine, { recursive: true, force: true })
        throw error
      }
      const first = await new Promise<ImportRun>((resolve, reject) => {
        const done = runImport(app, {
          recipe,
          path,
          name,
          by: context.principal.id,
          recipesFolder,
          options: { delimiter, encoding, format },
          onProgress: (run) => {
            keep(runs, run)
            resolve(run)
          },
        })
        done.then(resolve, reject).finally(() => void rm(mine, { recursive: true, force: true }))
      })
      await app.access.audit({
        at: context.now,
        actor: context.principal.id,
        operation: 'imports.start',
        target: `${recipe}/${name}`,
        outcome: 'done',
        request_id: context.requestId,
        detail: first.import_id,
      })
      return first
    })
  }
}

function keep(runs: ImportRun[], run: ImportRun): void {
  if (runs.includes(run)) return
  runs.push(run)
  if (runs.length > kept) runs.shift()
}

function recipeView(
  id: string,
  recipe: {
    title: unknown
    publication?: unknown
    file?: { columns?: unknown } | undefined
    events?: readonly { type: string }[] | undefined
    lists?: readonly unknown[] | undefined
  },
) {
  return {
    recipe: id,
    title: recipe.title,
    publication: recipe.publication ?? null,
    columns: recipe.file?.columns ?? [],
    types: recipe.events?.map((event) => event.type) ?? [],
    lists: recipe.lists ?? [],
  }
}
