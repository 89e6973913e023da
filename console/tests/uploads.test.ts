import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'
import { effectScope } from 'vue'
import type { Attachment } from '@/api/types'

const ends = new Map<string, (attachment: Attachment) => void>()
vi.mock('@/api/client', async (original) => ({
  ...(await original<object>()),
  files: { upload: (file: File) => ({ result: new Promise<Attachment>((resolve) => ends.set(file.name, resolve)), abort: () => undefined }) },
}))
const { useUploads } = await import('@/composables/useUploads')

beforeEach(() => { setActivePinia(createPinia()); ends.clear() })
const arrives = async (name: string): Promise<void> => { ends.get(name)!({ id: `att_${name}`, name } as unknown as Attachment); await Promise.resolve(); await Promise.resolve() }

test('files stand in the order in which they were chosen, whichever is there first', async () => {
  let files = [{ id: 'att_before', name: 'before' } as unknown as Attachment]
  const { add, inTurn } = effectScope().run(() => useUploads((file) => { files = inTurn([...files, file]) }))!
  add([new File(['large'], 'one'), new File(['x'], 'two')])
  add([new File(['y'], 'three')])
  for (const name of ['three', 'one', 'two']) await arrives(name)
  expect(files.map((f) => f.name)).toEqual(['before', 'one', 'two', 'three'])
})
