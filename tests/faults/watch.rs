//! What the watcher must not miss: folders made, moved and made again, lost events, limits.
