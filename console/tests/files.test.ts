import { expect, test } from 'vitest'
import { faultOf, pastesFiles } from '@/state/files'

test('a file is judged before it goes up: too large, empty, a folder', () => {
  expect([faultOf({ size: 20_000_000 }, 20_000_000), faultOf({ size: 20_000_001 }, 20_000_000), faultOf({ size: 0 }, 20_000_000), faultOf({ size: 4096 }, 20_000_000, true)]).toEqual([null, 'too_large', 'empty', 'folder'])
})
test('where the gateway tells no limit, the gateway decides', () => {
  expect(faultOf({ size: 9_000_000_000 }, 0)).toBeNull()
})
test('a pasted picture is a file; cells of a table are words although their picture comes along', () => {
  expect([pastesFiles(['Files'], 1), pastesFiles(['text/html', 'Files'], 1), pastesFiles(['text/plain', 'text/html', 'Files'], 1), pastesFiles(['text/plain'], 0)]).toEqual([true, true, false, false])
})
