import { expect, test } from 'vitest'
import { peaksOf } from '@/state/peaks'

test('each stretch is as high as it is loud, the loudest reaches the top', () => {
  const sound = new Float32Array(800)
  sound.fill(0.1, 200, 400)
  sound.fill(-0.5, 400, 600)
  expect(peaksOf(sound, 4)).toEqual([0, 0.2, 1, 0])
})
test('silence stays flat, and a sound shorter than the bars breaks nothing', () => {
  expect(peaksOf(new Float32Array(100), 4)).toEqual([0, 0, 0, 0])
  expect(peaksOf(new Float32Array([1, 0.5]), 4)).toHaveLength(4)
  expect(peaksOf(new Float32Array(0), 3)).toEqual([0, 0, 0])
})
