import { useQuery } from '@tanstack/react-query'
import { client, problemOf, read, write } from './api.ts'
import { setPreferences } from './preferences.ts'
import type { Session } from './types.ts'

const key = ['/v1/session']

/** Who is signed in; null when nobody is. */
export function useSession() {
  return useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      try {
        return await read<Session>('/v1/session', signal)
      } catch (error) {
        if (problemOf(error).status === 401) return null
        throw error
      }
    },
    staleTime: 60_000,
  })
}

/** The signed-in person; null on pages shown before signing in. */
export const useMe = (): Session | null => useSession().data ?? null

/** Whether the person who is signed in may do this; buttons that would only be refused are not shown. */
export const useMay = (permission: string): boolean => useMe()?.permissions.includes(permission) ?? false

/** Another person may not see what the one before had loaded. The session itself stays: it is being watched. */
function become(session: Session | null) {
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== key[0] })
  client.setQueryData(key, session)
}

export async function signIn(login: string, password: string) {
  const session = await write<Session>('POST', '/v1/session', { login, password })
  const { language, theme, single_keys: singleKeys } = session.user.preferences
  setPreferences({
    ...(language ? { language } : {}),
    ...(theme ? { theme } : {}),
    ...(singleKeys === undefined ? {} : { singleKeys }),
  })
  become(session)
}

export async function signOut() {
  await write('DELETE', '/v1/session')
  become(null)
}

/** A 401 on any other call means that the session is over: ask again who is signed in. */
client.getQueryCache().config.onError = (error, query) => {
  if (problemOf(error).status === 401 && query.queryKey[0] !== key[0]) void client.invalidateQueries({ queryKey: key })
}
