/// Nothing yet.
enum Nothing {}
