import { expect, test } from 'vitest'
import { rightDoor } from '@/state/door'

test('the right address is a link to its sign-in page, and a one-time link goes along', () => {
  expect(rightDoor('https://chat.example.com/')).toEqual({ name: 'https://chat.example.com', href: 'https://chat.example.com/sign-in' })
  expect(rightDoor('http://127.0.0.1:8080', 'a+b')?.href).toBe('http://127.0.0.1:8080/sign-in#token=a%2Bb')
})
test('what is no address of the web is no link', () => {
  expect([rightDoor(undefined), rightDoor(''), rightDoor('javascript:alert(1)'), rightDoor('chat.example.com')]).toEqual([null, null, null, null])
})
