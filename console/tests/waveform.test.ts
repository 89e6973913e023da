import { beforeEach, expect, test, vi } from 'vitest'
import { effectScope } from 'vue'
import type { Recording } from '@/api/types'
import { useWaveform } from '@/composables/useWaveform'

const recording = (change: Partial<Recording> = {}): Recording => ({ id: 'rec_1', state: 'stored', duration_s: 42, content_type: 'audio/wav', url: '/api/v1/recordings/rec_1', ...change })
const sound = new Float32Array(960).fill(0.5)
const fetched = vi.fn(async () => new Response(new Uint8Array(8)))
const decoded = vi.fn(async () => ({ getChannelData: () => sound }))
const used = (one: Recording): ReturnType<typeof useWaveform> => effectScope().run(() => useWaveform(() => one))!
beforeEach(() => {
  localStorage.clear()
  fetched.mockClear()
  decoded.mockReset().mockImplementation(async () => ({ getChannelData: () => sound }))
  vi.stubGlobal('fetch', fetched)
  vi.stubGlobal('OfflineAudioContext', class { decodeAudioData = decoded })
})

test('a recording is not fetched for its looks, only once it is played', async () => {
  const wave = used(recording())
  expect([wave.peaks.value, fetched.mock.calls.length]).toEqual([null, 0])
  await wave.played()
  expect(wave.peaks.value).toHaveLength(96)
  await wave.played()
  expect(fetched).toHaveBeenCalledTimes(1)
})
test('what was drawn once is there at once the next time', async () => {
  await used(recording()).played()
  expect(used(recording()).peaks.value).toHaveLength(96)
  expect(used(recording({ id: 'rec_2' })).peaks.value).toBeNull()
})
test('a long or large recording keeps its bar, and so does one that cannot be read', async () => {
  for (const one of [recording({ duration_s: 3600 }), recording({ size: 90_000_000 }), recording({ url: null })]) await used(one).played()
  expect(fetched).not.toHaveBeenCalled()
  decoded.mockRejectedValue(new Error('no decoder'))
  const wave = used(recording())
  await wave.played()
  expect(wave.peaks.value).toBeNull()
})
