import { describe, expect, test } from 'vitest'
import { useLanguage, needLaterWords } from '@/i18n'
import { inWords } from '@/inWords'

const answered = { code: 'send.mail_answered', values: { code: 550, reason: 'no such user | {x} @' } }

describe('a sentence of an adapter', () => {
  test('is said in the language of the reader, with what the other side said as it came', async () => {
    await useLanguage('ru')
    expect(inWords('The mail server answered 550: no', answered)).toBe('Почтовый сервер ответил 550: no such user | {x} @')
  })
  test('of a channel or a check is with the words of the settings', async () => {
    await needLaterWords()
    await useLanguage('es')
    expect(inWords('', { code: 'telegram.copy_token', values: {} })).toBe('Copie otra vez el token de @BotFather.')
  })
  test('stays English where the gateway gave no code, or a newer one', () => {
    expect(inWords('Something new.', null)).toBe('Something new.')
    expect(inWords('Something new.', { code: 'send.something_new', values: {} })).toBe('Something new.')
  })
})
