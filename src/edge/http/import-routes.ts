import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline as pump } from 'node:stream/promises'
import type { FastifyInstance } from 'fastify'
import { problem } from '../../kernel/problems.ts'
import type { App } from '../app.ts'
import { loadRecipes } from '../import-recipes.ts'
import { type ImportRun, runImport } from '../imports.ts'
import type { RouteTools } from './server.ts'

const kept = 200

/** Upload of files and the state of imports. Files go to disk as they arrive, so their size does not matter. */
export function importRoutes(app: App, recipesFolder: string) {
  const runs: ImportRun[] = []
  let recipes: ReturnType<typeof loadRecipes> | null = null
  return (server: FastifyInstance, { authorise }: RouteTools): void => {
    server.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload))
    server.get('/v1/recipes', async (request) => {
      await authorise(request, 'import.read')
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
    server.get('/v1/imports', async (request) => {
      await authorise(request, 'import.read')
      return { items: [...runs].reverse(), next: null }
    })
    server.get<{ Params: { import_id: string } }>('/v1/imports/:import_id', async (request) => {
      await authorise(request, 'import.read')
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
    server.post<{
      Querystring: { recipe?: string; name?: string; delimiter?: string; encoding?: string; format?: string }
    }>('/v1/imports', { bodyLimit: 16 * 1024 ** 3 }, async (request) => {
      const context = await authorise(request, 'import.write')
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
      const path = join(mine, basename(name).replace(/[^\w.\-\u4e00-\u9fff]/g, '_') || 'upload')
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
