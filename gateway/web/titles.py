"""The titles of problems in the languages of the product, by code. The console has its own texts per code."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("en", "ru", "es", "fa")
TITLES: Mapping[str, tuple[str, str, str, str]] = {
    "invalid": (
        "Some fields are not right", "Некоторые поля заполнены неверно",
        "Algunos campos no son correctos", "برخی از فیلدها درست نیستند",
    ),
    "malformed": (
        "The request cannot be read", "Запрос не удалось прочитать",
        "No se puede leer la solicitud", "درخواست خوانده نمی‌شود",
    ),
    "rejected": (
        "The request was not accepted", "Запрос не принят",
        "La solicitud no fue aceptada", "درخواست پذیرفته نشد",
    ),
    "config_invalid": (
        "A setting is not right", "Настройка указана неверно",
        "Un ajuste no es correcto", "یک تنظیم درست نیست",
    ),
    "unauthenticated": (
        "Sign in first", "Сначала войдите",
        "Inicie sesión", "ابتدا وارد شوید",
    ),
    "forbidden": (
        "You may not do this", "Это действие вам недоступно",
        "No tiene permiso", "اجازهٔ این کار را ندارید",
    ),
    "csrf": (
        "The request did not come from the console", "Запрос пришёл не из консоли",
        "La solicitud no vino de la consola", "درخواست از کنسول نیامده است",
    ),
    "not_found": (
        "Not found", "Не найдено",
        "No encontrado", "پیدا نشد",
    ),
    "method_not_allowed": (
        "This method is not allowed", "Метод не поддерживается",
        "Método no permitido", "این روش مجاز نیست",
    ),
    "conflict": (
        "Somebody was faster", "Кто-то успел раньше",
        "Alguien se adelantó", "کسی زودتر انجام داد",
    ),
    "refused": (
        "This is not possible now", "Сейчас это невозможно",
        "Ahora no es posible", "اکنون ممکن نیست",
    ),
    "illegal_move": (
        "This is not possible now", "Сейчас это невозможно",
        "Ahora no es posible", "اکنون ممکن نیست",
    ),
    "too_large": (
        "Too large", "Слишком большой размер",
        "Demasiado grande", "بیش از اندازه بزرگ است",
    ),
    "too_slow": (
        "The request did not arrive in time", "Запрос не пришёл вовремя",
        "La solicitud no llegó a tiempo", "درخواست به‌موقع نرسید",
    ),
    "unsupported_type": (
        "This content type is not supported", "Такой тип данных не поддерживается",
        "Tipo de contenido no admitido", "این نوع محتوا پشتیبانی نمی‌شود",
    ),
    "too_many": (
        "Too many attempts", "Слишком много попыток",
        "Demasiados intentos", "تلاش بیش از حد",
    ),
    "store_unavailable": (
        "The database cannot answer now", "База данных сейчас недоступна",
        "La base de datos no responde", "پایگاه داده پاسخ نمی‌دهد",
    ),
    "timeout": (
        "This took too long", "Это заняло слишком много времени",
        "Tardó demasiado", "بیش از حد طول کشید",
    ),
    "internal": (
        "Something went wrong here", "У нас что-то пошло не так",
        "Algo ha fallado aquí", "اینجا خطایی رخ داد",
    ),
}  # fmt: skip


def title(code: str, *, accept_language: str) -> str:
    """The title of a code in the first language the reader lists that we have; unknown codes have the title of `rejected`."""
    texts = TITLES.get(code, TITLES["rejected"])
    for wanted in accept_language.split(","):
        language = wanted.split(";")[0].strip()[:2].lower()
        if language in LANGUAGES:
            return texts[LANGUAGES.index(language)]
    return texts[0]
