import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { problem } from '../kernel/problems.ts'
import { type CheckedRecipe, checkRecipe, type Recipe } from '../perception/imports/index.ts'
import { type ImportDuck, openImportDuck } from './import-duckdb.ts'

/** Checks every `*.yaml` of a folder of recipes; one broken recipe does not hide the others. */
export async function loadRecipes(folder: string): Promise<ReadonlyMap<string, CheckedRecipe>> {
  if (!existsSync(folder)) return new Map()
  const duck = await openImportDuck(null)
  try {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort()
    const recipes = new Map<string, CheckedRecipe>()
    for (const name of names) recipes.set(name.slice(0, -5), await checkOne(join(folder, name), name, duck))
    return recipes
  } finally {
    duck.close()
  }
}

async function checkOne(path: string, name: string, duck: ImportDuck): Promise<CheckedRecipe> {
  const checked = await checkRecipe(await readFile(path, 'utf8'), name, duck)
  if (!('recipe' in checked) || checked.recipe.id === name.slice(0, -5)) return checked
  const detail = {
    zh: `id "${checked.recipe.id}" 与文件名 ${name} 不同`,
    en: `id "${checked.recipe.id}" differs from the file name ${name}`,
  }
  return {
    problems: [
      {
        code: 'pack_invalid',
        file: name,
        line: 1,
        field: 'id',
        value: checked.recipe.id,
        detail,
        fix: { zh: '让两者相同', en: 'make them the same' },
      },
    ],
  }
}

/**
 * Reads one recipe by id from a folder of recipes.
 * @throws the first problem of the recipe, or `not_found` with the recipes there are.
 */
export async function loadRecipe(folder: string, id: string): Promise<Recipe> {
  const known = (await readdir(folder))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -5))
    .sort()
  if (!known.includes(id))
    throw problem({
      code: 'not_found',
      field: 'recipe',
      value: id,
      detail: { zh: `没有配方 "${id}"`, en: `there is no recipe "${id}"` },
      fix: { zh: `可用的配方：${known.join('、')}`, en: `use one of ${known.join(', ')}` },
    })
  const duck = await openImportDuck(null)
  try {
    const checked = await checkOne(join(folder, `${id}.yaml`), `${id}.yaml`, duck)
    if ('recipe' in checked) return checked.recipe
    const [first] = checked.problems
    throw problem(first ?? { code: 'pack_invalid', detail: { zh: '配方不合格', en: 'the recipe is not valid' } })
  } finally {
    duck.close()
  }
}
