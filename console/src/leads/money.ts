/** An amount as people type it: spaces, either comma, Persian digits. null if it is none; empty stays empty. Pure. */
export function amountOf(text: string): string | null {
  const plain = text.replace(/[۰-۹]/g, (c) => String(c.charCodeAt(0) - 0x06f0)).replace(/[٠-٩]/g, (c) => String(c.charCodeAt(0) - 0x0660)).replace(/[\s\u00a0\u202f'’٬]/g, '').replace('٫', '.')
  if (plain === '') return ''
  const last = Math.max(plain.lastIndexOf(','), plain.lastIndexOf('.'))
  const fraction = last >= 0 && plain.length - last - 1 <= 2
  const whole = (fraction ? plain.slice(0, last) : plain).replace(/[.,]/g, '')
  const amount = fraction ? `${whole || '0'}.${plain.slice(last + 1) || '0'}` : whole
  return /^\d+(\.\d+)?$/.test(amount) ? amount.replace(/\.0+$/, '') : null
}
