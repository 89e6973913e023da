import { expect, test } from 'vitest'
import { recentEmoji, withEmoji } from '@/state/emoji'

test('the sign used last comes first, each once', () => {
  const kept = withEmoji(withEmoji(withEmoji(null, '👍'), '🎉'), '👍')
  expect(recentEmoji(kept, ['😀', '👍', '🎉'])).toEqual(['👍', '🎉', '😀'])
})
test('no more than a row is remembered, and nothing strange is shown', () => {
  const many = Array.from({ length: 20 }, (_, n) => String.fromCodePoint(0x1f600 + n))
  expect(many.reduce<string | null>((kept, sign) => withEmoji(kept, sign), null)!.split(' ')).toHaveLength(12)
  expect(recentEmoji('<b> 😀', ['😀', '👍'])).toEqual(['😀', '👍'])
})
