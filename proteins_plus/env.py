"""Typed readers of the environment. A bad value stops the start with a sentence that names the variable."""

import os
import secrets
from ipaddress import ip_address
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_TRUE = frozenset({'1', 'true', 'yes', 'on'})
_FALSE = frozenset({'0', 'false', 'no', 'off', ''})


def text(name: str, default: str) -> str:
    """
    :param name: the environment variable
    :param default: its value when it is unset or empty
    :returns: the value without surrounding white space
    """
    return os.environ.get(name, '').strip() or default


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    """
    :param name: the environment variable
    :param default: its value when it is unset
    :param allowed: the values it may take
    :returns: one of ``allowed``
    :raises ImproperlyConfigured: for any other value
    """
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f'{name}={value!r} is not one of {", ".join(allowed)}.')
    return value


def boolean(name: str, default: bool) -> bool:
    """
    :param name: the environment variable
    :param default: its value when it is unset
    :returns: True for 1/true/yes/on, False for 0/false/no/off, in any case
    :raises ImproperlyConfigured: for any other value
    """
    value = os.environ.get(name)
    if value is None:
        return default
    word = value.strip().lower()
    if word not in _TRUE | _FALSE:
        raise ImproperlyConfigured(f'{name}={value!r} is not a yes or a no.')
    return word in _TRUE


def integer(name: str, default: int, minimum: int = 0) -> int:
    """
    :param name: the environment variable
    :param default: its value when it is unset
    :param minimum: the smallest value that makes sense
    :returns: the value
    :raises ImproperlyConfigured: if it is no whole number or below the minimum
    """
    value = text(name, str(default))
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f'{name}={value!r} is not a whole number.') from None
    if number < minimum:
        raise ImproperlyConfigured(f'{name}={number} is below {minimum}.')
    return number


def words(name: str, default: str) -> list[str]:
    """
    :param name: the environment variable, a comma-separated list
    :param default: the list when it is unset
    :returns: the items without white space, empty ones dropped
    """
    return [item.strip() for item in text(name, default).split(',') if item.strip()]


def path(name: str, default: Path) -> Path:
    """
    :param name: the environment variable
    :param default: the path when it is unset
    :returns: an absolute path; it need not exist
    """
    return Path(text(name, str(default))).expanduser().absolute()


def secret_key(name: str, keep_at: Path) -> str:
    """
    The secret key: from the environment, else made at first start and kept readable by its owner only.

    :param name: the environment variable
    :param keep_at: the file that keeps a made key
    :returns: the key
    :raises ImproperlyConfigured: if the kept key can be read by others or is empty
    """
    if value := os.environ.get(name, '').strip():
        return value
    keep_at.parent.mkdir(parents=True, exist_ok=True)
    fresh = keep_at.with_name(f'{keep_at.name}.{os.getpid()}')
    if not keep_at.exists():
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, 'w') as file:
            file.write(secrets.token_urlsafe(64))
        try:
            os.link(fresh, keep_at)  # unlike rename, never replaces the key another process has just made
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    if keep_at.stat().st_mode & 0o077:
        raise ImproperlyConfigured(f'{keep_at} can be read by others; set its mode to 0600.')
    key = keep_at.read_text().strip()
    if not key:
        raise ImproperlyConfigured(f'{keep_at} is empty; remove it and a new key is made.')
    return key


def is_loopback(host: str) -> bool:
    """
    :param host: a host name or an address
    :returns: whether it can be reached from this machine only
    """
    if host == 'localhost':
        return True
    try:
        return ip_address(host.strip('[]')).is_loopback
    except ValueError:
        return False
