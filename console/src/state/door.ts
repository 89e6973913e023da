/** The right address of this gateway, for somebody who opened it under another one. Pure. */
export interface Door { name: string; href: string }

/** Only an address of the web becomes a link. A one-time link that was refused here was not used up, so it goes along. */
export function rightDoor(address: string | undefined, token = ''): Door | null {
  if (!address || !/^https?:\/\//i.test(address)) return null
  const name = address.replace(/\/+$/, '')
  return { name, href: `${name}/sign-in${token ? `#token=${encodeURIComponent(token)}` : ''}` }
}
