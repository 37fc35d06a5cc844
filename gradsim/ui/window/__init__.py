"""The window itself: menus, docks, files, lessons, presentation, export."""
