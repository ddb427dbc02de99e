"""The line drawings of the buttons."""

from __future__ import annotations

_ICONS = {
    "send": '<path d="M12 19V5M5.5 11.5 12 5l6.5 6.5"/>',
    "stop": '<rect x="7" y="7" width="10" height="10" rx="1.5" fill="currentColor"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "books": '<path d="M5 4h4v16H5zM9 4h4v16H9zM14.2 5l3.6-.9 3.2 15-3.7.9z"/>',
    "talks": '<path d="M4 6h16M4 12h16M4 18h10"/>',
    "copy": '<rect x="9" y="9" width="11" height="11" rx="2"/>'
    '<path d="M5 15H4V6a2 2 0 0 1 2-2h9v1"/>',
    "markdown": '<rect x="2.5" y="5.5" width="19" height="13" rx="2"/>'
    '<path d="M6 15V9l3 3.5L12 9v6M17 9v6m-2.2-2.2L17 15l2.2-2.2"/>',
    "edit": '<path d="m4 20 1-4L16 5l3 3L8 19z M14 7l3 3"/>',
    "retry": '<path d="M19 12a7 7 0 1 1-2.2-5.1L19 9M19 4v5h-5"/>',
    "up": '<path d="M7 11v9H4v-9zM7 11l4-7c1.6 0 2.4 1 2 2.7L12.3 10H18a2 2 0 0 1 2 2.4l'
    '-1.2 6A2 2 0 0 1 16.8 20H7"/>',
    "down": '<path d="M7 13V4H4v9zM7 13l4 7c1.6 0 2.4-1 2-2.7L12.3 14H18a2 2 0 0 0 2-2.4l'
    '-1.2-6A2 2 0 0 0 16.8 4H7"/>',
    "previous": '<path d="m14.5 6-6 6 6 6"/>',
    "next": '<path d="m9.5 6 6 6-6 6"/>',
    "delete": '<path d="M5 7h14M10 7V4.5h4V7M7 7l.8 12.5h8.4L17 7M10.3 10.5v5.5M13.7 10.5v5.5"/>',
    "upload": '<path d="M12 16V5M7 9.5 12 4.5l5 5M5 15v4.5h14V15"/>',
    "download": '<path d="M12 4v11M7 10.5l5 5 5-5M5 19.5h14"/>',
    "leave": '<path d="M14 5H5v14h9M10 12h10M16.5 8 20.5 12l-4 4"/>',
    "chat": '<path d="M5 5h14v11H11l-4 4v-4H5z"/>',
    "help": '<circle cx="12" cy="12" r="8.5"/>'
    '<path d="M9.7 9.7c0-3 4.6-3 4.6 0 0 1.9-2.3 1.9-2.3 3.8M12 16.3v.1"/>',
}


def icon(name: str) -> str:
    """A line drawing in the colour of the text around it."""
    return (
        '<svg viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" '
        'stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">'
        f"{_ICONS[name]}</svg>"
    )
